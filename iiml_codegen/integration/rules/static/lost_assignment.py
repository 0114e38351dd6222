"""IIML123: a change of a copy that pandas throws away."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import (
    is_table,
    is_true,
    keyword,
    read_tables,
)

HINT = "write table.loc[rows, column] = value, or assign the result"


def check(module: Checked) -> Iterator[Finding]:
    """Look for stores into `table[a][b]`, and for calls in place on `table[a]`."""
    read = read_tables(module)
    for node in module.nodes(ast.Subscript):
        inner = node.value
        if isinstance(node.ctx, ast.Store) and is_part(inner) and by_column(module, node, inner):
            name = root_name(inner)
            if is_table(name) or name in ("X", "features") or name in read:
                yield at(node, f"this changes a copy of {name}, which is thrown away", HINT)
    for call in module.nodes(ast.Call):
        func = call.func
        in_place = is_true(keyword(call, "inplace"))
        if in_place and isinstance(func, ast.Attribute) and is_part(func.value):
            text = f"inplace=True changes a copy of {root_name(func.value)}"
            yield at(call, text, HINT)


def by_column(module: Checked, *parts: ast.expr) -> bool:
    """Whether a column or a condition picks one of the parts; arrays are picked by numbers."""
    picked = [part.slice for part in parts if isinstance(part, ast.Subscript)]
    return any(isinstance(item, ast.Compare) or module.string(item) for item in picked)


def is_part(node: ast.expr) -> bool:
    """`table[a]` or `table.loc[a]`, whose change does not reach the table."""
    if not isinstance(node, ast.Subscript):
        return False
    held = node.value
    if isinstance(held, ast.Attribute) and held.attr in ("loc", "iloc"):
        held = held.value
    return isinstance(held, ast.Name)


RULE = StaticRule(
    code="IIML123",
    title="Change of a copy",
    why="Since pandas 3 a part of a table is always a copy: the gaps stay, and nothing says so.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(train):\n    train.loc[train.a > 1, 'a'] = 1\n    return train\n"),
        Example("def f(train):\n    train['a'] = train['a'].fillna(0)\n    return train\n"),
        Example("def f(counts):\n    counts['a']['b'] = 1\n    return counts\n"),
    ),
    invalid=(
        Example("def f(train):\n    train['a'][train['a'] > 1] = 1\n    return train\n"),
        Example(
            "def f(df):\n    df['Age'].fillna(df['Age'].median(), inplace=True)\n    return df\n"
        ),
        Example("def f(train):\n    train[train.a > 1]['a'] = 0\n    return train\n"),
        Example("def f(test):\n    test.loc[test.a > 1]['a'] = 0\n    return test\n"),
    ),
)
