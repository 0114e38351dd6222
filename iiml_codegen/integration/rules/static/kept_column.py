"""IIML125: a table of features is a table without some columns, but the target or id stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_features, is_test, keyword


def check(module: Checked) -> Iterator[Finding]:
    """Look at `features = table.drop(columns=[...])` whose list leaves a forbidden column in."""
    forbidden = module.facts.forbidden
    for node in module.nodes(ast.Assign) if forbidden else ():
        name = last_name(node.targets[0])
        value = node.value
        if not is_features(name) or not isinstance(value, ast.Call) or is_test(name):
            continue
        dropped = dropped_columns(module, value)
        if dropped is None or not set(dropped) & set(forbidden):
            continue
        source = root_name(value)
        kept = [c for c in forbidden if c not in dropped and not taken_away(module, source, c)]
        kept = [c for c in kept if not taken_away(module, name, c)]
        if kept and not is_test(source):
            hint = f"drop {' and '.join(kept)}, too"
            yield at(node, f"{name} keeps {', '.join(kept)}", hint, tuple(kept))


def dropped_columns(module: Checked, call: ast.Call) -> list[str] | None:
    """The columns that a chain of `drop` takes away; None if it is no such chain, or unclear."""
    if last_name(call.func) != "drop" or not isinstance(call.func, ast.Attribute):
        return None
    given = keyword(call, "columns") or (call.args[0] if call.args else None)
    names = module.strings(given)
    if isinstance(given, ast.List | ast.Tuple) and len(names) != len(given.elts):
        return None
    inner = call.func.value
    if isinstance(inner, ast.Call):
        before = dropped_columns(module, inner)
        return None if before is None else [*before, *names]
    return names if names and isinstance(inner, ast.Name) else None


def taken_away(module: Checked, table: str, column: str) -> bool:
    """Whether the column is popped, deleted or dropped from a table elsewhere, or the index."""
    for call in module.calls("pop", "drop", "set_index", "read_csv"):
        given = [*call.args, *(item.value for item in call.keywords)]
        if any(column in module.strings(item) for item in given):
            kept = module.index.parents[call]
            targets = kept.targets if isinstance(kept, ast.Assign) else []
            if root_name(call) == table or any(last_name(item) == table for item in targets):
                if last_name(call.func) != "drop" or table in map(last_name, targets):
                    return True
                if keyword(call, "inplace") is not None:
                    return True
    return any(
        root_name(node) == table and column in module.strings(node.slice)
        for node in module.nodes(ast.Subscript)
        if isinstance(node.ctx, ast.Del)
    )


FACTS = Facts(forbidden=("PassengerId", "Survived"))
RULE = StaticRule(
    code="IIML125",
    title="Target or id kept among the features",
    why="Dropping the id alone leaves the answer in the table: a perfect score that means nothing.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            "def f(train):\n    X = train.drop(columns=['PassengerId', 'Survived'])\n"
            "    return X\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n    y = train.pop('Survived')\n"
            "    features = train.drop('PassengerId', axis=1)\n    return features, y\n",
            facts=FACTS,
        ),
        Example(
            "def f(test):\n    X_test = test.drop(columns=['PassengerId'])\n    return X_test\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n    X = train.drop(columns=['Cabin'])\n    return X\n", facts=FACTS
        ),
    ),
    invalid=(
        Example(
            "def f(train):\n    features = train.drop(columns=['PassengerId'])\n"
            "    return features\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n    X = train.drop(['Survived', 'Name'], axis=1)\n    return X\n",
            facts=FACTS,
        ),
        Example(
            "ID = 'PassengerId'\n\n\ndef f(train):\n    X = train.drop(columns=[ID])\n"
            "    return X\n",
            facts=FACTS,
        ),
    ),
)
