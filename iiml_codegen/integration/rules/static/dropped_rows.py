"""IIML150: rows that have to stay are dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_table, is_true, keyword, read_tables

DROPPING = ("dropna", "drop_duplicates", "query", "nlargest", "nsmallest", "head", "truncate")


def check(module: Checked) -> Iterator[Finding]:
    """Look at tables of train or test that are bound to fewer of their own rows."""
    if not module.is_prep:
        return
    read = read_tables(module)
    for call in module.calls(*DROPPING):
        if not isinstance(call.func, ast.Attribute) or keeps_rows(module, call):
            continue
        name = root_name(call.func)
        changed = rebinds(module, call, name) or is_true(keyword(call, "inplace"))
        if changed and (name in read or is_table(name)):
            yield finding(call, f"{last_name(call.func)} drops rows of {name}")
    for node in module.nodes(ast.Assign):
        name = last_name(node.targets[0])
        value = node.value
        if is_mask(value) and root_name(value) == name and (name in read or is_table(name)):
            yield finding(node, f"a condition drops rows of {name}")


def keeps_rows(module: Checked, call: ast.Call) -> bool:
    """Columns dropped instead of rows, or a part of the table taken for another purpose."""
    axis = keyword(call, "axis") or (call.args[0] if call.args else None)
    across = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    held = call.func.value if isinstance(call.func, ast.Attribute) else None
    return across or isinstance(held, ast.Subscript | ast.Call)


def rebinds(module: Checked, call: ast.Call, name: str) -> bool:
    """Whether the result is bound to the name of the table again."""
    for parent in module.index.ancestors(call):
        if isinstance(parent, ast.Assign):
            same = isinstance(parent.targets[0], ast.Name) and parent.targets[0].id == name
            return same and root_name(parent.value) == name
        if not isinstance(parent, ast.Attribute | ast.Call):
            return False
    return False


def is_mask(value: ast.expr) -> bool:
    """`table[table.a > 1]`, `table.loc[mask]` with a comparison inside."""
    if isinstance(value, ast.Call) and last_name(value.func) in ("reset_index", "copy"):
        value = value.func.value if isinstance(value.func, ast.Attribute) else value
    if not isinstance(value, ast.Subscript):
        return False
    condition = value.slice
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Invert):
        condition = condition.operand
    if isinstance(condition, ast.Call) and isinstance(condition.func, ast.Attribute):
        asks = condition.func.attr in ("notna", "notnull", "isin", "between", "duplicated")
        return asks and "columns" not in ast.unparse(condition.func.value)
    return isinstance(condition, ast.Compare) and not isinstance(condition.left, ast.Constant)


def finding(node: ast.AST, text: str) -> Finding:
    """Rows that get lost."""
    return at(node, text, "keep all rows: fill gaps, clip values, or leave it to the model")


RULE = StaticRule(
    code="IIML150",
    title="Rows dropped",
    why="Outputs have a row for each row of train or test; a dropped one stays unanswered.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(train):\n    known = train['Age'].dropna()\n    return known.median()\n"),
        Example("def f(train):\n    train = train.dropna(axis=1, how='all')\n    return train\n"),
        Example("def f(stores):\n    stores = stores.drop_duplicates()\n    return stores\n"),
        Example("def f(train, columns):\n    train = train[columns]\n    return train\n"),
    ),
    invalid=(
        Example(
            "def prepare(data_dir):\n    train = data_dir\n    train = train.dropna()\n"
            "    return {'a': train}\n"
        ),
        Example(
            "def f(test):\n"
            "    test = test.drop_duplicates(subset='id').reset_index(drop=True)\n"
            "    return test\n"
        ),
        Example("def f(train):\n    train = train[train['Fare'] < 300]\n    return train\n"),
        Example("def f(df):\n    df.dropna(subset=['Age'], inplace=True)\n    return df\n"),
        Example(
            "def f(train):\n"
            "    train = train[~train['Age'].isin([0, 999])].reset_index(drop=True)\n"
            "    return train\n"
        ),
    ),
)
