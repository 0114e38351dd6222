"""IIML151: rows are put into another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.static.dropped_rows import rebinds
from iiml_codegen.integration.rules.tables import is_table, is_true, keyword, read_tables

ORDERING = ("sort_values", "sample", "sort_index")


def check(module: Checked) -> Iterator[Finding]:
    """Look at tables of train or test that are sorted or shuffled, and not sorted back."""
    if not module.is_prep:
        return
    read = read_tables(module)
    for call in module.calls(*ORDERING):
        name = root_name(call.func)
        if not isinstance(call.func, ast.Attribute) or not (name in read or is_table(name)):
            continue
        changed = rebinds(module, call, name) or is_true(keyword(call, "inplace"))
        if changed and not sorted_back(module, call, name):
            hint = "sort a copy, or sort_index() before it is given back"
            yield at(call, f"{last_name(call.func)} changes the order of {name}", hint)
    for call in module.calls("shuffle"):
        if isinstance(call.func, ast.Attribute | ast.Name) and call.args:
            names = {root_name(item) for item in call.args}
            if any(is_table(name) or name in read for name in names):
                yield at(
                    call, "shuffle changes the order of rows", "leave the order to the harness"
                )


def sorted_back(module: Checked, call: ast.Call, name: str) -> bool:
    """Whether the order of the index is restored later on, or is what the call makes."""
    if last_name(call.func) == "sort_index":
        return True
    around = module.owner(call) or module.tree
    return any(
        last_name(other.func) == "sort_index"
        and root_name(other.func) == name
        and other.lineno > call.lineno
        for other in module.inside(around, ast.Call)
    )


RULE = StaticRule(
    code="IIML151",
    title="Rows in another order",
    why="Outputs of prepare are matched by place: target, groups and answers would move apart.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example(
            "def f(train):\n    train = train.sort_values('date')\n"
            "    train = train.sort_index()\n    return train\n"
        ),
        Example(
            "def f(train):\n    first = train.sort_values('date').groupby('shop').first()\n"
            "    return first\n"
        ),
        Example("def f(words):\n    words = words.sort_values()\n    return words\n"),
    ),
    invalid=(
        Example(
            "def f(train):\n    train = train.sample(frac=1, random_state=0)\n    return train\n"
        ),
        Example(
            "def f(train):\n    train = train.sort_values('date').reset_index(drop=True)\n"
            "    return train\n"
        ),
        Example("def f(test):\n    test.sort_values('id', inplace=True)\n    return test\n"),
        Example(
            "from sklearn.utils import shuffle\n\n\ndef f(train):\n"
            "    return shuffle(train, random_state=0)\n"
        ),
    ),
)
