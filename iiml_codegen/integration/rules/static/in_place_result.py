"""IIML124: the result of a method that gives none is kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_true, keyword
from iiml_codegen.integration.rules.text_edits import (
    between,
    end_of,
    is_at,
    spliced,
    start_of,
)

NOTHING = (
    *("drop", "dropna", "drop_duplicates", "sort_values", "sort_index", "reset_index"),
    *("set_index", "rename", "query", "eval"),
)
LISTS = ("sort", "reverse", "append", "extend")


def check(module: Checked) -> Iterator[Finding]:
    """Look at calls in place whose result is bound or used further."""
    for call in module.calls(*NOTHING):
        if is_true(keyword(call, "inplace")) and not stands_alone(module, call):
            text = "inplace=True gives nothing back, and that is what is used here"
            yield at(call, text, "take inplace=True out")
    for call in module.calls(*LISTS):
        kept, func = module.index.parents[call], call.func
        if not isinstance(kept, ast.Assign) or not isinstance(func, ast.Attribute):
            continue
        name = func.value
        same = [ast.unparse(target) for target in kept.targets] == [ast.unparse(name)]
        if same and isinstance(name, ast.Name) and is_list(module, name) and kept.value is call:
            text = f"{func.attr} changes the list and gives nothing back"
            yield at(call, text, f"write it as a line of its own, without {name.id} =")


def stands_alone(module: Checked, call: ast.Call) -> bool:
    """Whether nobody looks at what a call gives: it is a statement, or `_` or a loop takes it."""
    parent = module.index.parents[call]
    if isinstance(parent, ast.Assign):
        return [ast.unparse(target) for target in parent.targets] == ["_"]
    if isinstance(parent, ast.ListComp | ast.SetComp | ast.IfExp | ast.BoolOp):
        return isinstance(module.index.parents[parent], ast.Expr)
    return isinstance(parent, ast.Expr | ast.Lambda)


def is_list(module: Checked, name: ast.Name) -> bool:
    """Whether the function binds the name to a list."""
    around = module.owner(name) or module.tree
    made = ast.List | ast.ListComp
    for node in module.inside(around, ast.Assign):
        if any(isinstance(item, ast.Name) and item.id == name.id for item in node.targets):
            listed = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "list"
            if isinstance(node.value, made) or listed:
                return True
    return False


def fix(module: Checked, finding: Finding) -> str | None:
    """The module without `inplace=True` in the one call."""
    for call in module.calls(*NOTHING):
        mode = next((item for item in call.keywords if item.arg == "inplace"), None)
        if mode is not None and is_at(call, finding.line, finding.column, module):
            return None if is_renamed(module, call) else without(module, call, mode)
    return None


def is_renamed(module: Checked, call: ast.Call) -> bool:
    """Whether the result gets another name: the table itself may be what is used further."""
    parent = module.index.parents[call]
    assert isinstance(call.func, ast.Attribute)
    table = ast.unparse(call.func.value)
    return isinstance(parent, ast.Assign) and [ast.unparse(t) for t in parent.targets] != [table]


def without(module: Checked, call: ast.Call, mode: ast.keyword) -> str | None:
    """The text without one argument and without the comma before or after it."""
    others = [item for item in (*call.args, *call.keywords) if item is not mode]
    before = [item for item in others if end_of(item) <= start_of(mode)]
    after = [item for item in others if start_of(item) >= end_of(mode)]
    start = end_of(max(before, key=end_of)) if before else start_of(mode)
    end = end_of(mode) if before or not after else start_of(min(after, key=start_of))
    return None if "#" in between(module, start, end) else spliced(module, start, end, "")


RULE = StaticRule(
    code="IIML124",
    title="Result of an in-place method",
    why="`train = train.drop(..., inplace=True)` leaves None where the table was.",
    severity="error",
    fixable="safe",
    fault="preprocessing",
    check=check,
    fix=fix,
    valid=(
        Example("def f(df):\n    df.drop(columns=['a'], inplace=True)\n    return df\n"),
        Example("def f(df):\n    df = df.drop(columns=['a'])\n    return df\n"),
        Example("def f(a, b):\n    [d.drop(columns=['x'], inplace=True) for d in (a, b)]\n"),
        Example("def f(df):\n    _ = df.drop(columns=['a'], inplace=True)\n    return df\n"),
        Example("def f(table, other):\n    table = table.append(other)\n    return table\n"),
    ),
    invalid=(
        Example("def f(df):\n    df = df.drop(columns=['a'], inplace=True)\n    return df\n"),
        Example("def f(df):\n    new = df.drop(columns=['a'], inplace=True)\n    return new\n"),
        Example("def f(df):\n    return df.reset_index(drop=True, inplace=True)\n"),
        Example("def f(df):\n    return df.dropna(inplace=True).mean()\n"),
        Example("def f(df):\n    return df.sort_values(inplace=True, by='a').mean()\n"),
    ),
)
