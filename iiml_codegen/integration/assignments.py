"""Small questions to a syntax tree: what is set, what is listed, what is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def strings(node: ast.expr, module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The strings that an expression is or lists, a constant of the module among them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield item.value, item
    elif isinstance(node, ast.Name):
        for statement in module.body:
            named = isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == node.id for t in statement.targets
            )
            if named and isinstance(statement, ast.Assign):
                for name, _ in strings(statement.value, module):
                    yield name, node


def constructor(node: ast.expr) -> str:
    """The class that a call makes an object of, by its last name; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return last if last[:1].isupper() else ""


def targets_of(node: ast.stmt) -> list[ast.expr]:
    """What a statement sets."""
    if isinstance(node, ast.Assign):
        return node.targets
    target = getattr(node, "target", None)
    return [target] if isinstance(target, ast.expr) else []


def stored_names(node: ast.AST) -> Iterator[str]:
    """Names that get a value anywhere within."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
