"""A module without one step: its marked region is left out, and what it made is not put together.

Only what is safe is done: where another step needs what the region made, or an output would be
missing, nothing is left out, and what the step is worth stays unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.insight.reading import Reading
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree


def without_step(text: str, step: str) -> str | None:
    """The module with the step's region left out; None where it would not hold together."""
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    regions = [one for one in Reading(text).regions if one.step == step]
    if len(regions) != 1:
        return None
    first, last = regions[0].first, regions[0].last
    function = next((f for f in functions(tree) if f.lineno < first <= (f.end_lineno or 0)), None)
    if function is None or not whole(function, first, last):
        return None
    removed = [one for one in function.body if first <= one.lineno <= last]
    kept = [one for one in function.body if one not in removed]
    if not removed or any(isinstance(one, ast.Return) for one in removed):
        return None
    gone = made(removed) - made(kept) - parameters(function)
    changes = {(first, max(last, end(removed[-1]))): ""}
    for statement in kept:
        if gone & read(statement):
            cut = Cutter(gone)
            new = cut.visit(statement)
            if cut.failed or isinstance(statement, ast.Return) or gone & read(new):
                return None
            changes[(statement.lineno, end(statement))] = indented(new, statement.col_offset)
    return rewritten(text, changes)


def steps_in(text: str) -> tuple[str, ...]:
    """The steps that a module marks, in their order."""
    return tuple(dict.fromkeys(step for step, _, _ in markers(text)))


def functions(tree: ast.Module) -> Iterable[ast.FunctionDef]:
    """The functions of a module."""
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def whole(function: ast.FunctionDef, first: int, last: int) -> bool:
    """Whether the lines hold whole statements of the function."""
    return all(
        first <= one.lineno and end(one) <= last
        for one in function.body
        if one.lineno <= last and end(one) >= first
    )


def end(node: ast.stmt) -> int:
    """The last line of a statement."""
    return node.end_lineno or node.lineno


def made(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind."""
    return {
        node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else node.id
        for statement in statements
        for node in ast.walk(statement)
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        or isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def parameters(function: ast.FunctionDef) -> set[str]:
    """The names of a function's parameters."""
    held = function.args
    return {one.arg for one in (*held.posonlyargs, *held.args, *held.kwonlyargs)}


def read(node: ast.AST) -> set[str]:
    """The names that a node reads."""
    names = (one for one in ast.walk(node) if isinstance(one, ast.Name))
    return {one.id for one in names if isinstance(one.ctx, ast.Load)}


class Cutter(ast.NodeTransformer):
    """Takes elements out of lists, tuples, sets and dicts that read what is gone."""

    def __init__(self, gone: set[str]) -> None:
        self.gone = gone
        self.failed = False

    def visit_List(self, node: ast.List) -> ast.AST:
        """Elements of a list."""
        return self.cut(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Elements of a tuple."""
        return self.cut(node)

    def cut(self, node: ast.List | ast.Tuple) -> ast.AST:
        """The node with those elements that are still there."""
        node.elts = [one for one in node.elts if not self.gone & read(one)]
        self.failed |= not node.elts
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Entries of a dict."""
        entries = [
            (key, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if not self.gone & read(value)
        ]
        self.failed |= not entries
        node.keys = [key for key, _ in entries]
        node.values = [value for _, value in entries]
        return node


def indented(node: ast.AST, columns: int) -> str:
    """A statement as text at its place."""
    return "\n".join(" " * columns + line for line in ast.unparse(node).split("\n"))


def rewritten(text: str, changes: dict[tuple[int, int], str]) -> str | None:
    """The text with stretches of lines replaced; None where that is no Python any more."""
    lines = text.split("\n")
    for (first, last), new in sorted(changes.items(), reverse=True):
        lines[first - 1 : last] = [new] if new else []
    result = "\n".join(lines)
    try:
        syntax_tree(result)
    except (SyntaxError, ValueError):
        return None
    return result
