"""IIML124: the result of a method that gives none is kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_true, keyword

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
    """Whether a call is a statement of its own."""
    return isinstance(module.index.parents[call], ast.Expr | ast.Lambda)


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
    """The module without `inplace=True` in the one call, if it stands on one line."""
    for call in module.calls(*NOTHING):
        mode = next((item for item in call.keywords if item.arg == "inplace"), None)
        if mode is None or (call.lineno, call.col_offset + 1) != (finding.line, finding.column):
            continue
        line = module.lines[mode.lineno - 1]
        raw = line.encode()
        start, end = mode.col_offset, mode.value.end_col_offset or 0
        if mode.value.end_lineno != mode.lineno:
            return None
        before, after = raw[:start].decode(), raw[end:].decode()
        if before.rstrip().endswith(","):
            before = before.rstrip()[:-1]
        elif after.lstrip().startswith(","):
            after = after.lstrip()[1:].lstrip()
        return replaced(module, mode.lineno, before + after)
    return None


def replaced(module: Checked, line: int, new: str) -> str | None:
    """The text with one line exchanged; None where line ends are mixed."""
    for end in ("\r\n", "\n", "\r"):
        rows = module.text.split(end)
        if len(rows) == len(module.lines):
            return end.join([*rows[: line - 1], new, *rows[line:]])
    return None


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
        Example("def f(table, other):\n    table = table.append(other)\n    return table\n"),
    ),
    invalid=(
        Example("def f(df):\n    df = df.drop(columns=['a'], inplace=True)\n    return df\n"),
        Example("def f(df):\n    return df.reset_index(drop=True, inplace=True)\n"),
        Example("def f(df):\n    return df.dropna(inplace=True).mean()\n"),
        Example("def f(df):\n    return df.sort_values(inplace=True, by='a').mean()\n"),
    ),
)
