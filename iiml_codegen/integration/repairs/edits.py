"""Small edits of source text by syntax: what is not edited stays byte for byte."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from iiml_codegen.syntax import syntax_tree

Replacement = tuple[ast.AST, str]


def replace_nodes(text: str, replacements: Iterable[Replacement]) -> str:
    """Put new source in the place of nodes that do not overlap."""
    data = text.encode()
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans = sorted((span(node, starts), new) for node, new in replacements)
    for (start, end), new in reversed(spans):
        data = data[:start] + new.encode() + data[end:]
    return data.decode()


def span(node: ast.AST, starts: list[int]) -> tuple[int, int]:
    """Start and end of a node in bytes."""
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    start = starts[first - 1] + int(getattr(node, "col_offset", 0))
    return start, starts[last - 1] + int(getattr(node, "end_col_offset", 0))


def source_of(text: str, node: ast.AST) -> str:
    """The source of a node."""
    return ast.get_source_segment(text, node) or ""


def strings(tree: ast.AST, value: str) -> list[ast.Constant]:
    """String constants of this value."""
    return [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value == value]


def calls_at(tree: ast.AST, line: int) -> Iterator[ast.Call]:
    """Calls that a line is part of, inner ones last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield node


def without_keyword(text: str, call: ast.Call, name: str) -> str | None:
    """The source of a call without one of its keywords, written on one line."""
    named = any(keyword.arg == name for keyword in call.keywords)
    return on_one_line(text, call, without=name) if named else None


def on_one_line(text: str, call: ast.Call, *, without: str = "", more: str = "") -> str:
    """The source of a call on one line, without one of its keywords, with `more` behind the rest.

    What is written by a formatter ends with a comma: nothing can be put behind it as it stands.
    """
    arguments = [source_of(text, argument) for argument in call.args]
    for keyword in call.keywords:
        value = source_of(text, keyword.value)
        if keyword.arg is None or keyword.arg != without:
            arguments.append(f"{keyword.arg}={value}" if keyword.arg else f"**{value}")
    return f"{source_of(text, call.func)}({', '.join([*arguments, *([more] if more else [])])})"


def insert_at_start(text: str, function: str, statement: str) -> str:
    """Add a statement at the beginning of a top-level function, after its docstring."""
    for node in syntax_tree(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            body = node.body
            documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
            at = (body[0].end_lineno or 0) if documented else body[0].lineno - 1
            lines = text.split("\n")
            return "\n".join([*lines[:at], f"    {statement}", *lines[at:]])
    return text


def rows_parameter(text: str, function: str) -> str | None:
    """The parameter that takes the rows: the first of fit, the second of predict."""
    for node in syntax_tree(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            place = 0 if function == "fit" else 1
            names = [item.arg for item in (*node.args.posonlyargs, *node.args.args)]
            return names[place] if len(names) > place else None
    return None
