"""IIML120: encode, fit or predict changes the rows that it was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_true, keyword

ROWS = {"encode": slice(0, 1), "fit": slice(0, 2), "predict": slice(1, 2)}


def check(module: Checked) -> Iterator[Finding]:
    """Look for stores into the rows, unless the name was bound to a copy before."""
    for name, places in ROWS.items():
        function = module.functions().get(name) if module.is_model else None
        for rows in [item.arg for item in function.args.args[places]] if function else ():
            assert function is not None
            bound = [
                node.lineno
                for node in module.inside(function, ast.Name)
                if node.id == rows and isinstance(node.ctx, ast.Store)
            ]
            for node in changes(module, function, rows):
                if not any(line < node.lineno for line in bound):
                    hint = f"work on {rows}.copy()"
                    yield at(node, f"{name} changes {rows}, which others use, too", hint)
                    break


def changes(module: Checked, function: ast.FunctionDef, rows: str) -> Iterator[ast.expr]:
    """Stores into a table, deletions of its columns, and calls in place."""
    for node in module.index.subtree(function):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if root_name(node) == rows and plain(node.value):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value
            in_place = is_true(keyword(node, "inplace")) or node.func.attr == "pop"
            if in_place and isinstance(target, ast.Name) and target.id == rows:
                yield node


def plain(node: ast.expr) -> bool:
    """`X` itself, or `X.loc` and the like."""
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute)
        and node.attr in ("loc", "iloc", "at", "iat", "values")
        and isinstance(node.value, ast.Name)
    )


RULE = StaticRule(
    code="IIML120",
    title="Given rows changed",
    why="The same rows feed all members and seeds; what one changes, the next one gets.",
    severity="warning",
    fixable="needs_review",
    fault="contract_usage",
    check=check,
    valid=(
        Example(
            "def fit(X, y):\n    X = X.copy()\n    X['a'] = 1\n    return X\n\n\n"
            "def predict(model, X):\n    return X['a']\n",
            "model_a.py",
        ),
        Example("def prepare(data_dir):\n    X = {}\n    X['a'] = 1\n    return X\n"),
    ),
    invalid=(
        Example(
            "def fit(X, y):\n    X['sum'] = X.sum(axis=1)\n    return 1\n\n\n"
            "def predict(model, X):\n    return X\n",
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    return 1\n\n\n"
            "def predict(model, X):\n    X.fillna(0, inplace=True)\n    return X['a']\n",
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    y[y > 10] = 10\n    return 1\n\n\n"
            "def predict(model, X):\n    return X\n",
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    X.loc[X.a > 1, 'a'] = 1\n    return 1\n\n\n"
            "def predict(model, X):\n    return X\n",
            "model_a.py",
        ),
    ),
)
