"""`valid` taken for something else than it is: the pair of held-out rows and their answers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at, text_of
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.roles import SYNONYMS

ROWS = re.compile(r"^(?:x|rows?|features?|data|inputs?|design|frame|table)(?:_|$)|(?:_|^)x$", re.I)
ANSWERS = re.compile(
    r"^(?:y|targets?|labels?|answers?|truth)(?:_|$)|_(?:y|target|labels?|answers?)$", re.I
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """All wrong uses of the pair at once."""
    source = source_at(fault, text)
    function = source.functions.get("fit")
    names = held_out(function) if function is not None else set()
    if function is None or not names:
        return
    edits = [edit for node in ast.walk(function) for edit in mended(source, node, names, function)]
    if edits:
        yield Edit("Take valid for the pair of rows and answers", source.replaced(*edits))


def held_out(function: ast.FunctionDef) -> set[str]:
    """The parameter that holds the pair, and names that are set to it or to None."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = {item.arg for item in given if item.arg in SYNONYMS["valid"]}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) and names:
            value = node.value
            sides = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            if any(name_of(side) in names for side in sides):
                names.add(name_of(node.targets[0]))
    return names


def mended(
    source: Source, node: ast.AST, names: set[str], function: ast.FunctionDef
) -> Iterator[tuple[ast.AST, str]]:
    """What one node should be, if it takes the pair for something else."""
    if isinstance(node, ast.Assign) and is_pair(node.value, names):
        yield from unpacked(source, node, function)
    elif isinstance(node, ast.Subscript) and name_of(node.value) in names:
        yield from half(source, node, name_of(node.value), index_of(node.slice, names, function))
    elif isinstance(node, ast.Attribute) and name_of(node.value) in names:
        parent = source.parents.get(node)
        if node.attr == "get" and isinstance(parent, ast.Call) and parent.args:
            yield from half(source, parent, name_of(node.value), spoken(text_of(parent.args[0])))
        elif node.attr in ("values", "items") and isinstance(parent, ast.Call):
            yield parent, name_of(node.value)
        else:
            yield from half(source, node, name_of(node.value), spoken(node.attr))


def is_pair(value: ast.expr, names: set[str]) -> bool:
    """Whether an expression is the pair, or the pair where it is given."""
    if isinstance(value, ast.IfExp):
        return is_pair(value.body, names) or is_pair(value.orelse, names)
    return name_of(value) in names


def half(
    source: Source, node: ast.AST, name: str, index: int | None
) -> Iterator[tuple[ast.AST, str]]:
    """One half of the pair, by its place."""
    if index is not None and source.source(node) != f"{name}[{index}]":
        yield node, f"{name}[{index}]"


def index_of(key: ast.expr, names: set[str], function: ast.FunctionDef) -> int | None:
    """The place in the pair that a key speaks of; numbers that count from 1 are one too many."""
    if text_of(key):
        return spoken(text_of(key))
    number = key.value if isinstance(key, ast.Constant) else None
    keys = [
        node.slice.value
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and name_of(node.value) in names
        if isinstance(node.slice, ast.Constant)
    ]
    if isinstance(number, int) and 2 in keys:
        return min(number, 1) if 0 in keys else max(number - 1, 0)
    return min(number, 1) if isinstance(number, int) and number >= 0 else None


def spoken(word: str) -> int | None:
    """0 for words for rows, 1 for words for answers."""
    return 0 if ROWS.search(word) else 1 if ANSWERS.search(word) else None


def unpacked(
    source: Source, node: ast.Assign, function: ast.FunctionDef
) -> Iterator[tuple[ast.AST, str]]:
    """Two names for the two halves, in their order; what else was expected is not there."""
    target = node.targets[0]
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) < 2:
        return
    parts = [source.source(part) for part in target.elts]
    if len(parts) == 2:
        if spoken(parts[0]) == 1 and spoken(parts[1]) == 0:
            yield target, f"{parts[1]}, {parts[0]}"
        return
    rows = next((part for part in parts if spoken(part) == 0), parts[0])
    rest = [part for part in parts if part != rows]
    answers = next((part for part in rest if spoken(part) == 1), rest[0])
    yield target, f"{rows}, {answers}"
    for side in ast.iter_child_nodes(node.value) if isinstance(node.value, ast.IfExp) else ():
        if isinstance(side, ast.Tuple) and len(side.elts) == len(parts):
            yield side, f"({', '.join(source.source(part) for part in side.elts[:2])})"
    for extra in parts:
        if extra not in (rows, answers):
            yield from unused(source, extra, function)


def unused(source: Source, name: str, function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str]]:
    """What is not there is None wherever it is read."""
    for node in ast.walk(function):
        if name_of(node) == name and isinstance(getattr(node, "ctx", None), ast.Load):
            parent = source.parents.get(node)
            whole = isinstance(parent, ast.List | ast.Tuple) and len(parent.elts) == 1
            yield (parent if whole and parent is not None else node), "None"


def misused(message: str) -> Fault:
    """The fault of a pair that is taken for something else."""
    place = Place(file="model_a.py", line=2)
    return Fault(kind="contract_usage", message=message, place=place, evidence="")


def using(before: str, after: str, message: str = "not enough values to unpack") -> Example:
    """A function that uses the pair, wrong and right."""
    head = "def fit(X, y, *, valid=None):\n    aside = valid\n    "
    return Example(misused(f"ValueError: {message}"), f"{head}{before}\n", f"{head}{after}\n")


REPAIR = Repair(
    name="valid_pair",
    title="Take the held-out rows for the pair that they are",
    kinds=(
        *("contract_usage", "incompatible_api", "dtype", "shape", "preprocessing", "unknown"),
        *("unknown_column", "undefined_name"),
    ),
    propose=propose,
    examples=(
        using(
            "a, b, c = valid if valid else (None, None, None)",
            "a, b = valid if valid else (None, None)",
        ),
        using(
            "a, b, weights = aside\n    return m(a, b, w=weights)",
            "a, b = aside\n    return m(a, b, w=None)",
        ),
        using('return m(valid["X"], valid["y"])', "return m(valid[0], valid[1])"),
        using("return m(aside.features, aside.target)", "return m(aside[0], aside[1])"),
        using('return m(valid.get("rows"))', "return m(valid[0])"),
        using("return m(valid[1], valid[2])", "return m(valid[0], valid[1])"),
        using("return m(valid[0], valid[2])", "return m(valid[0], valid[1])"),
        using("y_valid, X_valid = valid", "X_valid, y_valid = valid"),
    ),
)
