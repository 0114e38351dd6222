"""IIML115: a builtin function is hidden by a name of the module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

BUILTINS = {name for name in dir(builtins) if name.islower() and not name.startswith("_")}
BUILTINS -= {"copyright", "credits", "license", "exit", "quit"}


def check(module: Checked) -> Iterator[Finding]:
    """Look at names of the module, and at local names that are called as the builtin, too."""
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.name in BUILTINS:
            yield finding(statement, statement.name)
    for node in module.nodes(ast.Name):
        if node.id in BUILTINS and isinstance(node.ctx, ast.Store):
            function = module.owner(node)
            if (function is None and not in_class(module, node)) or (
                function is not None and is_called(module, function, node)
            ):
                yield finding(node, node.id)


def finding(node: ast.AST, name: str) -> Finding:
    """The place where a builtin gets hidden."""
    return at(node, f"{name} hides the builtin of that name", f"call it {name}_ or by its meaning")


def in_class(module: Checked, node: ast.AST) -> bool:
    """Whether a name is an attribute of a class."""
    return any(isinstance(around, ast.ClassDef) for around in module.index.ancestors(node))


def is_called(module: Checked, function: ast.AST, stored: ast.Name) -> bool:
    """Whether the same function calls the name after it was bound, not as what was bound."""
    parent = module.index.parents[stored]
    value = parent.value if isinstance(parent, ast.Assign) else None
    if not isinstance(parent, ast.Assign | ast.For) or isinstance(
        value, ast.Lambda | ast.Attribute | ast.Name
    ):
        return False
    return any(
        isinstance(call.func, ast.Name)
        and call.func.id == stored.id
        and call.lineno > stored.lineno
        for call in module.inside(function, ast.Call)
    )


RULE = StaticRule(
    code="IIML115",
    title="Builtin hidden",
    why="Modules share one pipeline file; `list = ...` in one of them breaks list(...) later on.",
    severity="warning",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(rows):\n    id = rows[0]\n    return id\n"),
        Example("class Row:\n    id: int = 0\n    type = 'a'\n"),
        Example("INPUT = 'train.csv'\n"),
    ),
    invalid=(
        Example("list = ['Age', 'Fare']\n"),
        Example("def filter(rows):\n    return rows\n"),
        Example("def f(rows):\n    max = rows[0]\n    return max(rows)\n"),
        Example("input = 'train.csv'\n"),
    ),
)
