"""A parameter that nothing feeds: take it away where nothing reads it, else give it a default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

UNFED = ("IIML204", "IIML208")
MISSING = re.compile(r"(\w+)\(\) missing \d+ required (?:positional|keyword-only) argument")
GIVEN = {"fit": 2, "predict": 2, "encode": 1, "decide": 1, "prepare": 1, "extract": 2}
"""Parameters that every call gives: rows and target, model and rows, raw predictions, folders."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Each required parameter behind the given ones, in the functions of the module interface."""
    source, said = source_at(fault, text), MISSING.search(fault.message)
    if said is None and fault.code not in UNFED:
        return
    for name in [said[1]] if said else ["fit", "predict"]:
        function, given = source.functions.get(name), GIVEN.get(name, 0)
        if name not in GIVEN:
            continue
        for argument in unfed(function, given) if function is not None else ():
            if not reads(function, argument.arg):
                title = f"Take the unread parameter {argument.arg} from {name}"
                yield Edit(title, without(source, argument))
            else:
                end = source.source(argument)
                yield Edit(
                    f"Give {argument.arg} of {name} a default",
                    source.replaced((argument, f"{end} = None" if ":" in end else f"{end}=None")),
                )


def unfed(function: ast.FunctionDef | None, given: int) -> list[ast.arg]:
    """Parameters without a default behind those that every call gives."""
    if function is None:
        return []
    places = [*function.args.posonlyargs, *function.args.args]
    required = places[: len(places) - len(function.args.defaults)]
    named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return required[given:] + [argument for argument, default in named if default is None]


def reads(function: ast.FunctionDef | None, name: str) -> bool:
    """Whether the body of a function mentions a name."""
    body = function.body if function is not None else []
    return any(
        isinstance(node, ast.Name) and node.id == name for part in body for node in ast.walk(part)
    )


def without(source: Source, argument: ast.arg) -> str:
    """The text without a parameter and the comma before it."""
    lines = source.text.split("\n")
    row, end = argument.lineno - 1, argument.end_col_offset or 0
    line = lines[row].encode()
    before, after = line[: argument.col_offset], line[end:]
    kept = before.rstrip()
    if kept.endswith(b","):
        lines[row] = (kept[:-1] + after).decode()
    elif not kept and after.strip() in (b",", b""):
        del lines[row]
    else:
        lines[row] = (before + after.lstrip(b", ")).decode()
    return "\n".join(lines)


FAULT = Fault(
    kind="contract_usage",
    message="0 outputs could feed ids of model_a.py, and none is called like it",
    place=Place(file="model_a.py", line=1),
    evidence="",
    code="IIML204",
)
CALLED = Fault(
    kind="incompatible_api",
    message="TypeError: decide() missing 1 required positional argument: 'cut'",
    place=Place(file="model_a.py", line=1),
    evidence="",
)
REPAIR = Repair(
    name="unfed_parameter",
    title="Ask only for what is there",
    kinds=("contract_usage", "incompatible_api"),
    propose=propose,
    examples=(
        Example(
            FAULT,
            "def predict(model, X: Table, ids) -> Array:\n    return model.chances(X)\n",
            "def predict(model, X: Table) -> Array:\n    return model.chances(X)\n",
        ),
        Example(
            CALLED,
            "def decide(raw, cut, *, threshold=0.5):\n    return raw >= threshold\n",
            "def decide(raw, *, threshold=0.5):\n    return raw >= threshold\n",
        ),
        Example(
            FAULT,
            "def fit(\n    X,\n    y,\n    ids: list,\n):\n    return Model(X, y)\n",
            "def fit(\n    X,\n    y,\n):\n    return Model(X, y)\n",
        ),
        Example(
            FAULT,
            "def fit(X, y, ids: list):\n    return Model(X, y, ids)\n",
            "def fit(X, y, ids: list = None):\n    return Model(X, y, ids)\n",
        ),
    ),
)
