"""Functions of a model that the harness cannot use: parameters, results, what may be None."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, name_of, receiver, source_at
from iiml_codegen.integration.repairs.lines import put_after
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.roles import SYNONYMS

WANTED = {"fit": ("X", "y"), "predict": ("model", "X")}
ROWS = ("X", "x", "rows", "features", "data", "train", "X_train", "inputs")
TARGETS = ("y", "target", "labels", "label", "y_train", "answers")
MODELS = ("model", "fitted", "clf", "estimator", "m", "trained")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """What is returned first, then the order of parameters, then what may be None."""
    source = source_at(fault, text)
    for name in ("prepare", "extract", "encode", "fit", "predict", "decide"):
        function = source.functions.get(name)
        if function is not None:
            yield from returned(source, function)
            yield from in_order(source, function) if name in ("fit", "predict") else ()
    if re.search(r"NoneType|subscriptable|None", fault.message):
        yield from if_given(source)
    if re.search(r"required|argument|parameter|feeds|feed ", fault.message):
        yield from role_names(source)
    yield from other_attribute(source, fault)


def returned(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """What a function forgets to return: its last expression, or what it made last."""
    if any(isinstance(n, ast.Return) and n.value for n in own_nodes(function)):
        return
    last = function.body[-1]
    if isinstance(last, ast.Return):
        last = function.body[-2] if len(function.body) > 1 else last
    if isinstance(last, ast.Expr):
        new = f"return {source.source(last.value)}"
        value = receiver(last.value) if isinstance(last.value, ast.Call) else None
        if function.name == "fit" and value is not None and name_of(value):
            yield Edit(
                f"Return what {function.name} fitted",
                put_after(source, last, f"return {name_of(value)}"),
            )
            return
        yield Edit(f"Return what {function.name} gives", source.replaced((last, new)))
    elif isinstance(last, ast.Assign) and (name := set_by(last)):
        new = put_after(source, last, f"return {name}")
        yield Edit(f"Return what {function.name} gives", new)


def set_by(statement: ast.Assign) -> str:
    """The name that a statement sets, or sets a part of."""
    target = statement.targets[0]
    return name_of(target.value if isinstance(target, ast.Subscript) else target)


def own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Nodes of a function without those of functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def in_order(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """Parameters in the order in which the harness passes them."""
    places = [*function.args.posonlyargs, *function.args.args][:2]
    if len(places) < 2:
        return
    first, second = places
    fit = function.name == "fit"
    before, behind = (ROWS, TARGETS) if fit else (MODELS, ROWS)
    looks = second.arg in before or first.arg in behind
    typed = "Model" in source.source(second) if not fit else "DataFrame" in source.source(second)
    if looks or (typed and second.arg not in behind):
        new = source.replaced((first, source.source(second)), (second, source.source(first)))
        yield Edit(f"Let {function.name} take ({second.arg}, {first.arg})", new)


def if_given(source: Source) -> Iterator[Edit]:
    """Uses of `valid` and other optional parameters, only where they are given."""
    for node in source.nearest(ast.Assign):
        function = source.function(node)
        optional = optional_names(function) if function else set()
        used = {part_of(n) for n in ast.walk(node.value)} & optional
        for name in sorted(used):
            new = f"None if {name} is None else {source.source(node.value)}"
            yield Edit(f"Use {name} only where it is given", source.replaced((node.value, new)))


def part_of(node: ast.AST) -> str:
    """The name that a node is a part of: `valid` of `valid[0]`; empty for other nodes."""
    return name_of(node.value) if isinstance(node, ast.Subscript | ast.Attribute) else ""


def optional_names(function: ast.FunctionDef) -> set[str]:
    """Parameters whose default is None."""
    arguments = function.args
    places = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [
        *zip(places, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {
        item.arg for item, value in pairs if isinstance(value, ast.Constant) and value.value is None
    }


def role_names(source: Source) -> Iterator[Edit]:
    """Parameters spelled nearly like a role, under the role's name."""
    function = source.functions.get("fit")
    names = {name: role for role, others in SYNONYMS.items() for name in others}
    for item in [*function.args.args[2:], *function.args.kwonlyargs] if function else []:
        role = near_role(item.arg, names)
        if role and item.arg not in names and function is not None:
            uses = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == item.arg]
            spelled = source.source(item).replace(item.arg, role, 1)
            edits: list[tuple[ast.AST, str]] = [(use, role) for use in uses]
            yield Edit(f"Call {item.arg} {role}", source.replaced((item, spelled), *edits))


def near_role(name: str, names: Mapping[str, str]) -> str | None:
    """The role that a name speaks of by one of its words."""
    words = set(re.split(r"_+", name.lower()))
    found = {
        role for other, role in names.items() if words & {other, other.rstrip("s"), f"{other}s"}
    }
    return found.pop() if len(found) == 1 else None


def other_attribute(source: Source, fault: Fault) -> Iterator[Edit]:
    """An attribute that `Model` has not got: the only one it has that could be meant."""
    found = re.search(r"'Model' object has no attribute '(\w+)'", fault.message)
    fields = model_fields(source)
    for name in [found[1]] if found else []:
        for field in fields[:3]:
            uses = [
                n for n in ast.walk(source.tree) if isinstance(n, ast.Attribute) and n.attr == name
            ]
            edits = [(n, f"{source.source(n.value)}.{field}") for n in uses]
            yield Edit(f"Take {field} of the model", source.replaced(*edits))


def model_fields(source: Source) -> list[str]:
    """The fields of the class `Model`."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Model":
            return [name_of(f.target) for f in node.body if isinstance(f, ast.AnnAssign)]
    return []


def misused(message: str) -> Fault:
    """The fault of a model that cannot be used."""
    place = Place(file="model_a.py", line=2)
    return Fault(kind="contract_usage", message=message, place=place, evidence="")


REPAIR = Repair(
    name="model_interface",
    title="Let fit and predict be called as the harness does",
    kinds=(
        "contract_usage",
        "contract_fulfilment",
        "incompatible_api",
        "preprocessing",
        "dtype",
        "shape",
        "unknown",
    ),
    propose=propose,
    examples=(
        Example(
            misused("AttributeError: 'NoneType' object has no attribute 'predict'"),
            "def fit(X, y):\n    m = M()\n    m.fit(X, y)\n",
            "def fit(X, y):\n    m = M()\n    m.fit(X, y)\n    return m\n",
        ),
        Example(
            misused("ValueError: predictions are no numbers: None"),
            "def predict(model, X):\n    model.predict(X)\n",
            "def predict(model, X):\n    return model.predict(X)\n",
        ),
        Example(
            misused("ValueError: y should be a 1d array"),
            "def fit(y, X):\n    return M().fit(X, y)\n",
            "def fit(X, y):\n    return M().fit(X, y)\n",
        ),
        Example(
            misused("TypeError: 'NoneType' object is not subscriptable"),
            "def fit(X, y, *, valid=None):\n"
            "    aside = (valid[0], valid[1])\n    return m(aside)\n",
            "def fit(X, y, *, valid=None):\n"
            "    aside = None if valid is None else (valid[0], valid[1])\n    return m(aside)\n",
        ),
    ),
)
