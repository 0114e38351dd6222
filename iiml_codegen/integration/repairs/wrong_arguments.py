"""A call with too many or too few arguments, compared with what the function takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.installed import Signature
from iiml_codegen.integration.repairs.alike import score
from iiml_codegen.integration.repairs.example_facts import HERE, failure
from iiml_codegen.integration.repairs.keywords import fits, signature_of_call
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.scopes import Scopes
from iiml_codegen.integration.repairs.source import ANYWHERE, Change, Source

MISSING = re.compile(
    r"(?:(?P<callee>[\w.<>]+)\(\) )?missing (?:\d+|a) required "
    r"(?:[\w-]+ )?arguments?: (?P<names>.+)"
)
TOO_MANY = re.compile(
    r"(?P<callee>[\w.<>]+)\(\) takes (?:from \d+ to )?(?P<taken>\d+) positional arguments? but "
    r"(?P<given>\d+)|(?P<other>too many positional arguments)"
)
TWICE = re.compile(r"(?P<callee>[\w.<>]+)\(\) got multiple values for argument '(?P<name>\w+)'")
ORDERS = {"pivot": ("index", "columns", "values")}
"""Where the order by position was another one than that of today's signature."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Arguments by name, another order, one more or one less."""
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    missing, many = MISSING.search(fault.message), TOO_MANY.search(fault.message)
    twice = TWICE.search(fault.message)
    found = missing or many or twice
    if found is None:
        return
    callee = found.groupdict().get("callee") or ""
    for call in called(source, line, callee):
        signature = signature_of_call(source, call, callee, facts)
        if missing:
            names = re.findall(r"'(\w+)'", missing["names"])
            yield from completed(source, call, names, signature)
        elif many and signature is not None:
            yield from named(source, call, signature, callee)
        elif twice:
            yield from single(source, call, twice["name"])
    yield from redefined(source, callee, missing, many)


def called(source: Source, line: int, callee: str) -> list[ast.Call]:
    """The call that failed: the innermost at the line with this name, or any of that name."""
    here = [call for call in source.calls(line) if not callee or fits(call, callee)]
    everywhere = [call for call in source.calls() if callee and fits(call, callee)]
    return (here or everywhere)[-1:] if line else everywhere[:1]


def completed(
    source: Source, call: ast.Call, names: list[str], signature: Signature | None
) -> Iterator[Edit]:
    """The missing arguments as variables of that name, or nearly that name."""
    misplaced = [a for a in call.args if isinstance(a, ast.Name) and a.id in names]
    if misplaced and misplaced[-1] is call.args[-1]:
        at, name = source.start(misplaced[-1]), source.of(misplaced[-1])
        yield Edit(f"Pass {name} by its name", source.edited([(at, at, f"{name}=")]))
        return
    visible = Scopes(source).visible(call)
    taken = {n.id for n in ast.walk(call) if isinstance(n, ast.Name)}
    filled = {name: variable(name, visible, taken) for name in names}
    if all(filled.values()):
        tail = bool(call.keywords) or signature is None or names != last_positions(call, signature)
        written = ", ".join(v if not tail else f"{n}={v}" for n, v in filled.items())
        edited = source.edited([source.with_argument(call, written)])
        yield Edit(f"Pass {' and '.join(names)}", edited)


def last_positions(call: ast.Call, signature: Signature) -> list[str]:
    """The parameters that follow those that the call gives by position."""
    return list(signature.positions[len(call.args) : len(call.args) + 1])


def variable(name: str, visible: set[str], taken: set[str]) -> str:
    """The variable that an argument is likely to be: of its name, then one like it."""
    if name in visible:
        return name
    likely = [v for v in visible - taken if alike(name, v)]
    near = sorted(likely, key=lambda v: (-score(name, v), v))
    return near[0] if near else ""


def alike(name: str, other: str) -> bool:
    """Whether one name begins with the other."""
    return other.startswith(name) or (name.startswith(other) and len(other) > 2)


def named(source: Source, call: ast.Call, signature: Signature, callee: str) -> Iterator[Edit]:
    """Arguments beyond those that go by position under the names that they had."""
    taken = len(signature.positions)
    given = {keyword.arg for keyword in call.keywords}
    known = ORDERS.get(callee.split(".")[-1], signature.keywords)
    free = [n for n in known if n not in signature.positions and n not in given]
    beyond = call.args[taken:]
    if not beyond or any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    if len(free) >= len(beyond):
        changes: list[Change] = [
            (source.start(argument), source.start(argument), f"{name}=")
            for argument, name in zip(beyond, free, strict=False)
        ]
        yield Edit(f"Name {', '.join(free[: len(beyond)])}", source.edited(changes))
    items = sorted([*call.args, *call.keywords], key=source.start)
    changes = [source.without_run(items, taken, taken + len(beyond) - 1)]
    loses = ", ".join(source.of(argument) for argument in beyond)
    yield Edit(f"Leave {loses} out", source.edited(changes), loses=f"the argument {loses}")


def single(source: Source, call: ast.Call, name: str) -> Iterator[Edit]:
    """Without the keyword that an argument by position gives already."""
    for keyword in call.keywords:
        if keyword.arg == name:
            yield Edit(f"Pass {name} once", source.edited([source.without(call, keyword)]))


def redefined(
    source: Source, callee: str, missing: re.Match[str] | None, many: re.Match[str] | None
) -> Iterator[Edit]:
    """A function of this module that takes what it is given: a parameter more, or a default."""
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name != callee:
            continue
        if missing:
            yield from defaulted(source, node, re.findall(r"'(\w+)'", missing["names"]))


def defaulted(source: Source, node: ast.FunctionDef, names: list[str]) -> Iterator[Edit]:
    """Parameters that callers leave out get None, and go behind those that they give."""
    used = {n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name)}
    arguments = node.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for argument in listed:
        if argument.arg in names and argument.arg not in used:
            change = source.without_item(sorted(listed, key=source.start), argument)
            if not arguments.defaults and not arguments.kwonlyargs:
                title = f"Drop the parameter {argument.arg}, which nothing reads"
                yield Edit(title, source.edited([change]))


def wrong(message: str, line: int) -> Fault:
    """The fault of a call."""
    return failure("incompatible_api", f"TypeError: {message}", line)


OWN = "def add(a, b):\n    return a + b\n\n\ndef fit(X, y, b):\n    return {}\n"
REPAIR = Repair(
    name="wrong_arguments",
    title="Call with the arguments that the function takes",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            wrong("read_csv() takes 1 positional argument but 2 were given", 3),
            'import pandas as pd\n\nx = pd.read_csv(file, ";", header=None)\n',
            'import pandas as pd\n\nx = pd.read_csv(file, sep=";", header=None)\n',
            HERE,
        ),
        Example(
            wrong("KFold.__init__() takes from 1 to 2 positional arguments but 3 were given", 3),
            "from sklearn.model_selection import KFold\n\nx = KFold(5, True)\n",
            "from sklearn.model_selection import KFold\n\nx = KFold(5, shuffle=True)\n",
            HERE,
        ),
        Example(
            wrong("add() missing 1 required positional argument: 'b'", 6),
            OWN.format("add(X)"),
            OWN.format("add(X, b)"),
        ),
        Example(
            wrong("add() takes 2 positional arguments but 3 were given", 6),
            OWN.format("add(X, b, y)"),
            OWN.format("add(X, b)"),
        ),
        Example(
            wrong("add() got multiple values for argument 'a'", 6),
            OWN.format("add(X, a=b)"),
            OWN.format("add(X)"),
        ),
    ),
)
