"""Statements that drop, repeat or reorder rows, on the way of an output whose rows are wrong.

Calls that reduce a column to statistics drop none that matter.
"""

from __future__ import annotations

import ast

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.module_code import called
from iiml_codegen.integration.prep_flow import Flow, chain_after, head

DROPPING = {
    "dropna": 9,
    "drop_duplicates": 9,
    "query": 8,
    "sample": 8,
    "head": 8,
    "tail": 8,
    "nlargest": 5,
    "nsmallest": 5,
    "truncate": 6,
    "explode": 8,
    "merge": 5,
    "append": 3,
    "groupby": 2,
    "filter": 2,
    "delete": 8,
    "resample": 8,
    "iloc": 3,
    "repeat": 6,
    "tile": 6,
    "compress": 8,
    "unique": 4,
}
REDUCING = frozenset(
    [
        "value_counts",
        "unique",
        "nunique",
        "mean",
        "median",
        "mode",
        "std",
        "var",
        "sum",
        "min",
        "max",
        "quantile",
        "index",
        "count",
        "any",
        "all",
        "idxmax",
        "size",
        "first",
        "map",
        "groupby",
        "items",
        "keys",
        "tolist",
        "columns",
        "empty",
        "shape",
        "skew",
    ]
)
READING = {"nrows": 9, "skiprows": 9, "skipfooter": 9}
CUT = 7
MASK = 4
SELDOM = 3
"""A score up to which a statement is usual in sound code."""


def row_change(flow: Flow | None, rows: int | None = None) -> Place | None:
    """The likeliest place where the rows of an output change; `rows` is how many came out."""
    if flow is None:
        return None
    nodes = [*ast.walk(flow.given), *flow.nodes()]
    told = {id(part) for node in nodes if isinstance(node, ast.Raise) for part in ast.walk(node)}
    nodes = [node for node in nodes if id(node) not in told]
    if any(counts_test(node) for node in ast.walk(flow.given)):
        return flow.place
    scored = [
        (score, -number, node)
        for number, node in enumerate(nodes)
        if (score := weight(node, nodes, rows)) > SELDOM
    ]
    if not scored:
        return None
    best = max(scored, key=lambda one: one[:2])[2]
    line = (
        getattr(best, "end_lineno", 1) if isinstance(best, ast.Call) else getattr(best, "lineno", 1)
    )
    start = getattr(best, "lineno", 1)
    return Place(file=flow.code.file, line=start if line - start < 3 else line)


def weight(node: ast.AST, nodes: list[ast.AST], rows: int | None) -> int:
    """How likely an expression changes the rows."""
    if isinstance(node, ast.BinOp) and any(is_length(side) for side in (node.left, node.right)):
        return CUT if isinstance(node.op, ast.Sub | ast.Add | ast.FloorDiv | ast.Mult) else 0
    if isinstance(node, ast.Call):
        told = max((READING.get(k.arg or "", 0) for k in node.keywords), default=0)
        score = max(told, call_weight(node))
        if score and chain_after(nodes, node) & REDUCING:
            return 0
        same = any(isinstance(a, ast.Constant) and a.value == rows for a in node.args)
        return score + 3 * bool(score and same and rows)
    if isinstance(node, ast.Subscript):
        return 0 if chain_after(nodes, node) & REDUCING else cut_weight(node)
    return 0


def is_length(node: ast.AST) -> bool:
    """Whether an expression counts rows: `len(train)`, `train.shape[0]`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return isinstance(node, ast.Call) and called(node) == "len"


def counts_test(node: ast.AST) -> bool:
    """Whether test rows are counted: the border of stacked tables is the length of train."""
    if not isinstance(node, ast.Call) or called(node) != "len" or not node.args:
        return False
    return "test" in called(node.args[0]).lower()


def call_weight(node: ast.Call) -> int:
    """The weight of a call by what it is."""
    name = called(node)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if name == "drop":
        return 0 if {"columns", "axis"} & set(keywords) else 6
    if name == "concat":
        axis = keywords.get("axis")
        across = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
        return 0 if across or "ignore_index" in keywords else 5
    if name in ("merge", "join"):
        how = keywords.get("how")
        inner = isinstance(how, ast.Constant) and how.value in ("inner", "outer", "right", "cross")
        return 8 if inner else (5 if name == "merge" and how is None else 0)
    if name in ("dropna", "drop_duplicates") and "axis" in keywords:
        return 2
    return DROPPING.get(name, 0) if isinstance(node.func, ast.Attribute) else 0


def cut_weight(node: ast.Subscript) -> int:
    """The weight of a cut: `[1:]`, `[::2]`, `.iloc[:100]`, or a mask."""
    index = (
        node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    )
    if isinstance(index, ast.Slice):
        parts = [part for part in (index.lower, index.upper, index.step) if part is not None]
        fixed = [p for p in parts if isinstance(p, ast.Constant | ast.UnaryOp)]
        if isinstance(index.step, ast.Constant | ast.UnaryOp):
            return CUT
        return CUT if fixed else 1
    if isinstance(node.value, ast.Attribute) and node.value.attr in ("index", "columns"):
        return 0
    compared = isinstance(index, ast.Compare | ast.BoolOp)
    denied = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert)
    tested = isinstance(index, ast.Call) and called(index) in (
        "notna",
        "isna",
        "isin",
        "duplicated",
    )
    if (compared or denied or tested) and not isinstance(node.ctx, ast.Store):
        return MASK + (head(node) in {n.id for n in ast.walk(index) if isinstance(n, ast.Name)})
    return 0
