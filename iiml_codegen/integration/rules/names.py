"""Dotted names, and what imports make of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping


def dotted_name(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes; empty for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def imported_modules(statements: Iterable[ast.AST]) -> list[tuple[ast.stmt, str]]:
    """Every import statement with the module that it is from."""
    found: list[tuple[ast.stmt, str]] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node, node.module or ""))
    return found


def import_names(statements: Iterable[ast.AST]) -> dict[str, str]:
    """What each imported name stands for, in full: `np` for numpy, `rmtree` for shutil.rmtree."""
    names: dict[str, str] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.split(".")[0]
                names[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def full_name(node: ast.AST, names: Mapping[str, str]) -> str:
    """The dotted name with its first part replaced by what was imported under it."""
    head, dot, rest = dotted_name(node).partition(".")
    return f"{names[head]}{dot}{rest}" if head in names else ""
