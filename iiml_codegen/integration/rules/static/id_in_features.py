"""IIML126: a feature is made from the target or from the id."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_features, is_table

BLOCK = re.compile(r"^(?:numbers|categories|counts|flags|gaps|design)$", re.I)
"""Tables that become columns of the features."""


def check(module: Checked) -> Iterator[Finding]:
    """Look at columns of tables that are assigned from a forbidden column."""
    forbidden = set(module.facts.forbidden)
    for node in module.nodes(ast.Assign) if forbidden and module.is_prep else ():
        target = node.targets[0]
        if not isinstance(target, ast.Subscript):
            continue
        table, column = root_name(target), module.string(target.slice)
        if not is_block(table) or column is None or column in forbidden:
            continue
        for name in sorted(sources(module, node.value) & forbidden):
            hint = f"make {column} from other columns"
            yield at(node, f"{column!r} is made from {name}, a target or an id", hint, (name,))


def is_block(name: str) -> bool:
    """Whether a variable is called like rows, features, or a part of them."""
    return is_features(name) or is_table(name) or bool(BLOCK.match(name))


def sources(module: Checked, value: ast.expr) -> set[str]:
    """Columns that a value is read from, grouping keys and sorting left out."""
    found = set()
    for node in module.inside(value, ast.Subscript):
        column = module.string(node.slice)
        if column is not None and not is_grouped(node) and not is_looked_up(module, node, value):
            found.add(column)
    return found


def is_grouped(node: ast.Subscript) -> bool:
    """Whether it is a column of groups, which IIML130 looks at, or one to group by."""
    return "groupby" in ast.unparse(node.value)


def is_looked_up(module: Checked, node: ast.AST, value: ast.expr) -> bool:
    """Whether a column is only the key of `map`, `isin` or `groupby`, as for joins by id."""
    for around in module.index.ancestors(node):
        if around is value and not isinstance(around, ast.Call):
            return False
        if isinstance(around, ast.Call):
            called = around.func.attr if isinstance(around.func, ast.Attribute) else ""
            if called in ("isin", "groupby", "map", "merge"):
                return True
        if around is value:
            return False
    return False


FACTS = Facts(forbidden=("PassengerId", "Survived"))
RULE = StaticRule(
    code="IIML126",
    title="Feature made from target or id",
    why="An id with structure may tell the answer or the order of collection; new rows lack both.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            "def f(train, test):\n    train['Size'] = train['SibSp'] + 1\n    return train\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n    train['Survived'] = train['Survived'].astype(int)\n"
            "    return train\n",
            facts=FACTS,
        ),
        Example(
            "def f(test):\n    answer = {}\n    answer['id'] = test['PassengerId']\n"
            "    return answer\n",
            facts=FACTS,
        ),
        Example(
            "def f(train, counts):\n    train['visits'] = train['PassengerId'].map(counts)\n"
            "    return train\n",
            facts=FACTS,
        ),
    ),
    invalid=(
        Example(
            "def f(features, train):\n    features['number'] = train['PassengerId']\n"
            "    return features\n",
            facts=FACTS,
        ),
        Example(
            "ID = 'PassengerId'\n\n\ndef f(train):\n"
            "    train['group'] = train[ID].astype(str).str.split('_').str[0]\n    return train\n",
            facts=FACTS,
        ),
        Example(
            "def f(numbers, rows):\n"
            "    numbers['number'] = pd.factorize(rows['PassengerId'])[0]\n    return numbers\n",
            facts=FACTS,
        ),
        Example(
            "def f(df):\n    df['luck'] = df['Survived'] * df['Fare']\n    return df\n", facts=FACTS
        ),
    ),
)
