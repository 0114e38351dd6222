"""Edits by whole statements: put one before or after another, or take one out."""

from __future__ import annotations

import ast

from iiml_codegen.integration.repairs.flow import Source, names_in


def put_before(source: Source, statement: ast.stmt, new: str) -> str:
    """Write a statement on a line of its own before another, as far in as that one."""
    return inserted(source.text, statement.lineno - 1, " " * statement.col_offset + new)


def put_after(source: Source, statement: ast.stmt, new: str) -> str:
    """Write a statement on a line of its own after another, as far in as that one."""
    at = statement.end_lineno or statement.lineno
    return inserted(source.text, at, " " * statement.col_offset + new)


def inserted(text: str, at: int, line: str) -> str:
    """The text with one more line, with the line end of its neighbours."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    return "".join([*lines[:at], line + end, *lines[at:]])


def taken_out(source: Source, statement: ast.stmt) -> str | None:
    """The text without a statement; None where it shares its line or is all that a block holds."""
    parent = source.parents.get(statement)
    blocks = [getattr(parent, name, []) for name in ("body", "orelse", "finalbody")]
    block = next((b for b in blocks if isinstance(b, list) and statement in b), None)
    lines = source.text.splitlines(keepends=True)
    first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
    if block is None or len(block) == 1 or lines[first][: statement.col_offset].strip():
        return None
    return "".join([*lines[:first], *lines[last:]])


def is_used(source: Source, statement: ast.stmt) -> bool:
    """Whether what a statement sets is read later; what sets nothing of its own is not used."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return not isinstance(statement, ast.Expr | ast.Import | ast.ImportFrom)
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {name for target in targets for name in names_in(target)}
    return any(
        isinstance(node, ast.Name) and node.id in names and node.lineno > statement.lineno
        for node in ast.walk(source.function(statement) or source.tree)
    )


def body_start(function: ast.FunctionDef) -> ast.stmt:
    """The first statement of a function after its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.body[1] if documented and len(function.body) > 1 else first
