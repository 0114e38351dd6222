"""One layer off a returned expression: the call, factor, index or list that is around a value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.integration.repairs.flow import Source, method, name_of, receiver

GIVING = ("predict", "predict_proba", "decision_function", "transform", "get", "best_iteration")
LIBRARIES = ("np", "pd", "numpy", "pandas", "scipy", "sp", "math", "special", "torch", "stats")
DECIDING = r"compare|round|rint|argmax|floor|str|mod|list|map"
"""Layers that are often cast in the end; the cast goes with them."""
Edits = tuple[tuple[ast.AST, str], ...]


@dataclass(frozen=True)
class Layer:
    """What is around a value: the edit that takes it off, and a word for what it does."""

    word: str
    edits: Edits


def layers(source: Source, node: ast.expr, given: frozenset[str]) -> Iterator[Layer]:
    """The layers of an expression, outer ones first; `given` are names that hold no predictions."""
    if isinstance(node, ast.IfExp):
        yield from layers(source, node.body, given)
        yield from layers(source, node.orelse, given)
        return
    if isinstance(node, ast.Subscript):
        yield from other_column(source, node)
    for word, inner in inside(source, node, given):
        if not holds_nothing(inner, given):
            yield Layer(word, ((node, written(source, node, inner)),))
            for deeper, core in inside(source, inner, given):
                if re.match(DECIDING, deeper) and not holds_nothing(core, given):
                    yield Layer(deeper, ((node, written(source, node, core)),))
            yield from layers(source, inner, given)


def inside(source: Source, node: ast.expr, given: frozenset[str]) -> Iterator[tuple[str, ast.expr]]:
    """What an expression is made around, with a word for what is done with it."""
    if isinstance(node, ast.Call):
        yield from in_call(source, node)
    elif isinstance(node, ast.BinOp):
        yield from in_arithmetics(node)
    elif isinstance(node, ast.Compare):
        yield "compare", node.left
    elif isinstance(node, ast.UnaryOp):
        yield "minus", node.operand
    elif isinstance(node, ast.Attribute):
        yield node.attr, node.value
    elif isinstance(node, ast.Subscript):
        listed = isinstance(source.resolved(node.value), ast.List | ast.Tuple | ast.Dict)
        chosen = listed or (method(node.value) == "array" and not names_of(node.value) - {"np"})
        stacked = name_of(receiver_of(node.value)) == "np" and isinstance(node.slice, ast.Tuple)
        if stacked and isinstance(node.slice, ast.Tuple):
            yield "column_stack", node.slice.elts[-1]
        else:
            yield ("label", node.slice) if chosen else (index_word(node.slice), node.value)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp) and len(node.generators) == 1:
        yield "list", node.generators[0].iter
    elif isinstance(node, ast.List | ast.Tuple) and node.elts:
        yield "list", node.elts[-1 if isinstance(node, ast.List) else 0]
    elif isinstance(node, ast.Dict) and node.values:
        yield "frame", node.values[-1]


def receiver_of(node: ast.expr) -> ast.expr | None:
    """What an attribute is of."""
    return node.value if isinstance(node, ast.Attribute) else None


def index_word(key: ast.expr) -> str:
    """What indexing does: it takes columns, or moves rows, or cuts."""
    if isinstance(key, ast.Tuple):
        return "newaxis" if any(is_none(part) for part in key.elts) else "column"
    moves = isinstance(key, ast.Slice) and isinstance(key.step, ast.UnaryOp)
    return "reversed" if moves else "slice"


def is_none(node: ast.expr) -> bool:
    """Whether an index adds an axis."""
    none = isinstance(node, ast.Constant) and node.value is None
    return none or (isinstance(node, ast.Attribute) and node.attr == "newaxis")


def in_call(source: Source, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """What a call is made on or with; what asks a model is no layer."""
    word, on = method(call), receiver(call)
    library = on is not None and source.source(on).split(".")[0].split("(")[0] in LIBRARIES
    if word in GIVING:
        return
    if on is not None and not (library and not isinstance(on, ast.Call)):
        text = word == "astype" and re.search(r"\bstr|object|<?U\d|category", source.source(call))
        whole = word == "astype" and re.search(r"\bu?int|bool", source.source(call))
        yield "str" if text else "int" if whole else word, on
        return
    chosen = [argument for argument in call.args if not is_plain(source, argument)]
    if word in ("where", "select", "choose") and len(call.args) == 3:
        gap = any("nan" in source.source(argument).lower() for argument in call.args[1:])
        yield from (
            ("nan" if gap else word, argument) for argument in call.args[1:] if argument in chosen
        )
    elif word == "map" and len(call.args) == 2:
        yield "str" if name_of(call.args[0]) == "str" else "map", call.args[1]
    elif chosen:
        inner = chosen[0]
        listed = isinstance(inner, ast.List | ast.Tuple | ast.Dict)
        yield (
            word or "call",
            next((v for _, v in inside(source, inner, frozenset())), inner) if (listed) else inner,
        )


def is_plain(source: Source, node: ast.expr) -> bool:
    """Whether an argument is a constant, or NaN, and no value of rows."""
    value = source.resolved(node)
    return isinstance(value, ast.Constant) or source.source(node).lower().endswith(("nan", "inf"))


def in_arithmetics(node: ast.BinOp) -> Iterator[tuple[str, ast.expr]]:
    """The side of an operation that is no constant."""
    words = {ast.Mult: "times", ast.Add: "plus", ast.Sub: "minus", ast.Div: "divided"}
    word = words.get(type(node.op), "power")
    sides = [side for side in (node.left, node.right) if not isinstance(side, ast.Constant)]
    if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        word = "str"
    yield from ((word, side) for side in sides[:1])


def other_column(source: Source, node: ast.Subscript) -> Iterator[Layer]:
    """`x[:, 0]` or `x[:, 1:]` as `x[:, 1]`; all rows, and no more axes than there are."""
    key, value = node.slice, source.source(node.value)
    parts = key.elts if isinstance(key, ast.Tuple) else []
    plain = [source.source(part) for part in parts if not is_none(part)]
    if len(plain) < len(parts) and len(plain) > 1:
        yield Layer("newaxis", ((node, f"{value}[{', '.join(plain)}]"),))
    elif len(plain) == 2 and plain[0] != ":":
        yield Layer("slice", ((node, f"{value}[:, {plain[1]}]"),))
    elif len(plain) == 2 and plain[1] not in ("1", ":") and re.match(r"[-\[:\d]", plain[1]):
        word = "first class" if plain[1] == "0" else "columns"
        yield Layer(word, ((node, f"{value}[:, 1]"),))


def names_of(node: ast.AST) -> set[str]:
    """Names in an expression."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def holds_nothing(inner: ast.expr, given: frozenset[str]) -> bool:
    """Whether what would be left is no prediction: a constant, the model, or a library."""
    if isinstance(inner, ast.Attribute) and name_of(inner.value) in (*given, *LIBRARIES):
        return True
    return isinstance(inner, ast.Constant) or name_of(inner) in (*given, *LIBRARIES)


def written(source: Source, node: ast.expr, inner: ast.expr) -> str:
    """The source of what is left, in brackets where it needs them."""
    text = source.source(inner)
    parent = source.parents.get(node)
    tight = isinstance(parent, ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp)
    loose = isinstance(inner, ast.BinOp | ast.IfExp | ast.Compare | ast.UnaryOp)
    return f"({text})" if tight and loose else text
