"""A function of ours that lacks a parameter: its body reads it, its callers give it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import refused_keyword, undefined_name
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.scopes import Scopes
from iiml_codegen.integration.repairs.source import ANYWHERE, Change, Source, dotted

INTERFACE: dict[str, tuple[str, ...]] = {
    "extract": ("data_dir", "cache_dir", "fitted=None"),
    "prepare": ("data_dir", "extracted=None", "fitted=None"),
    "fit": ("X", "y", "*", "valid=None", "rounds=None", "seed=0", "threads=1", "time_limit=None"),
    "predict": ("model", "X"),
    "encode": ("X", "*", "threads=1"),
}
"""The parameters of the module interface; those without a default come first, in this order."""
TOO_MANY = re.compile(r"(?P<callee>[\w.<>]+)\(\) takes (?:from \d+ to )?\d+ positional arguments?")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The parameter put back where callers give it, or where the interface has it."""
    source = Source(text)
    name = undefined_name(fault.message) or (fault.names[0] if fault.names else "")
    if fault.kind == "undefined_name":
        for function in reading(source, name, next(lines_of(fault), ANYWHERE)):
            yield from put_back(source, function, name)
        return
    if "parameters" in fault.message:
        yield from of_interface(source)
    many, refused = TOO_MANY.search(fault.message), refused_keyword(fault.message)
    callee = many["callee"] if many else refused[0] if refused else ""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == callee:
            for free in unbound(source, node):
                yield from put_back(source, node, free)


def of_interface(source: Source) -> Iterator[Edit]:
    """Functions of the module interface with a parameter of it that only their body knows."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in INTERFACE:
            listed = {name.split("=")[0] for name in INTERFACE[node.name]}
            for free in unbound(source, node):
                if free in listed:
                    yield from put_back(source, node, free)


def reading(source: Source, name: str, line: int) -> list[ast.FunctionDef]:
    """Functions that read a name which nothing binds, the one at the line first."""
    scopes = Scopes(source)
    places = scopes.unbound(name, line)
    found = [
        node
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
        and any(node.lineno <= place.lineno <= (node.end_lineno or 0) for place in places)
    ]
    return sorted(found, key=lambda node: not node.lineno <= line <= (node.end_lineno or 0))


def unbound(source: Source, function: ast.FunctionDef) -> list[str]:
    """Names that a function reads and nothing binds, in the order in which they are read."""
    scopes = Scopes(source)
    names = [
        node.id
        for part in function.body
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    return [name for name in dict.fromkeys(names) if scopes.free(name, function)]


def put_back(source: Source, function: ast.FunctionDef, name: str) -> Iterator[Edit]:
    """The parameter at the place that callers or the interface give it."""
    arguments = function.args
    positions = [*arguments.posonlyargs, *arguments.args]
    if name in {a.arg for a in (*positions, *arguments.kwonlyargs)}:
        return
    title = f"Take {name} as a parameter of {function.name}"
    for default in INTERFACE.get(function.name, ()):
        if default.split("=")[0] == name:
            yield Edit(title, source.edited([by_interface(source, function, default)]))
            return
    calls = [c for c in source.calls() if dotted(c.func) == function.name]
    if any(keyword.arg == name for call in calls for keyword in call.keywords):
        yield Edit(title, source.edited([added(source, function, name, len(positions))]))
        return
    more = [call for call in calls if len(call.args) > len(positions)]
    for call in more[:1]:
        written = [dotted(argument).rpartition(".")[2] for argument in call.args]
        at = written.index(name) if name in written else len(positions)
        yield Edit(title, source.edited([added(source, function, name, at)]))


def by_interface(source: Source, function: ast.FunctionDef, parameter: str) -> Change:
    """A parameter of the module interface: needed ones in order, others last."""
    arguments = function.args
    if "=" not in parameter:
        order = [name for name in INTERFACE[function.name] if "=" not in name and name != "*"]
        return added(source, function, parameter, order.index(parameter))
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    bare = function.name == "fit" and not arguments.kwonlyargs
    star = "*, " if bare and not arguments.vararg else ""
    at = last_end(source, function)
    return at, at, f", {star}{parameter}" if listed else f"{star}{parameter}"


def last_end(source: Source, function: ast.FunctionDef) -> int:
    """Where the last parameter ends, with its default."""
    arguments = function.args
    nodes = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *arguments.defaults]
    nodes += [default for default in arguments.kw_defaults if default is not None]
    if nodes:
        return max(source.end(node) for node in nodes)
    return source.data.index(b"(", source.start(function)) + 1


def added(source: Source, function: ast.FunctionDef, name: str, at: int) -> Change:
    """A parameter at a position."""
    positions = [*function.args.posonlyargs, *function.args.args]
    if at < len(positions):
        start = source.start(positions[at])
        return start, start, f"{name}, "
    if function.args.defaults or not positions:
        end = last_end(source, function)
        return end, end, f", {name}=None" if positions else name
    end = max(source.end(node) for node in positions)
    return end, end, f", {name}"


BODY = "def scaled(rows{}):\n    return rows[columns]\n\n\nx = scaled(r, columns)\n"
REPAIR = Repair(
    name="lost_parameter",
    title="Take the parameter that the body reads",
    kinds=("undefined_name", "incompatible_api", "contract_usage", "contract_fulfilment"),
    propose=propose,
    examples=(
        Example(
            failure(
                "incompatible_api",
                "TypeError: scaled() takes 1 positional argument but 2 were given",
                5,
            ),
            BODY.format("") + "columns = 1\n".replace("columns", "others"),
            BODY.format(", columns") + "others = 1\n",
        ),
        Example(
            failure("contract_usage", "predict takes too few parameters", 1),
            "def predict(model):\n    return model.predict(X)\n",
            "def predict(model, X):\n    return model.predict(X)\n",
        ),
        Example(
            failure("undefined_name", "NameError: name 'seed' is not defined", 2, "seed"),
            "def fit(X, y, *, threads=1):\n    return Trees(seed, threads)\n",
            "def fit(X, y, *, threads=1, seed=0):\n    return Trees(seed, threads)\n",
        ),
        Example(
            failure("undefined_name", "NameError: name 'model' is not defined", 2, "model"),
            "def predict(X):\n    return model.predict(X)\n",
            "def predict(model, X):\n    return model.predict(X)\n",
        ),
    ),
)
