"""IIML105: the target or the id stands in a list of features."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at

NOT_FEATURES = re.compile(
    r"TARGET|LABEL|ANSWER|DROP|EXCLU|IGNORE|REMOV|UNUSED|SKIP|META|INDEX|ALL_|SUBMISSION"
    r"|(^|_)(IDS?|KEYS?|USECOLS|READ|NO|NON|NOT)(_|$)",
    re.I,
)
LEAVING_OUT = ("drop", "set_index", "difference", "isin", "pop")
"""Methods whose columns are no features, or not these."""
OTHER_USES = ("usecols", "names", "on", "by", "subset", "id_vars", "errors", "index")


def check(module: Checked) -> Iterator[Finding]:
    """Look through lists of column names that hold a target or an id among other columns."""
    refused = set(module.facts.forbidden)
    if not refused:
        return
    assignments: list[ast.Assign | ast.AnnAssign] = [
        *module.nodes(ast.Assign),
        *module.nodes(ast.AnnAssign),
    ]
    for node in assignments:
        if node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if not names or any(NOT_FEATURES.search(name) for name in names):
            continue
        columns = listed(node.value)
        if any(has_other_use(module, name) for name in names):
            continue
        if columns and not set(columns) <= refused:
            for column in sorted(set(columns) & refused):
                hint = f"take {column} out of {names[0]}"
                yield at(node, f"{names[0]} holds {column!r}, a target or an id", hint)


def has_other_use(module: Checked, name: str) -> bool:
    """Whether a list says somewhere what is read, left out or joined by, and so is no features'."""
    for node in module.nodes(ast.Name):
        if node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        around = module.index.parents[node]
        if isinstance(around, ast.keyword):
            call = module.index.parents[around]
            dropped = isinstance(call, ast.Call) and last_name(call.func) in LEAVING_OUT
            if dropped or around.arg in OTHER_USES:
                return True
        if isinstance(around, ast.Call) and last_name(around.func) in LEAVING_OUT:
            return True
        if isinstance(around, ast.Compare) and isinstance(around.ops[0], ast.NotIn):
            return True
    return False


def listed(value: ast.expr) -> list[str]:
    """The strings of a list display, or of a text that is split."""
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        items = [item.value for item in value.elts if isinstance(item, ast.Constant)]
        return [item for item in items if isinstance(item, str)]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        text = value.func.value
        if value.func.attr == "split" and isinstance(text, ast.Constant):
            return str(text.value).split()
    return []


FACTS = Facts(forbidden=("Survived", "PassengerId"))
RULE = StaticRule(
    code="IIML105",
    title="Target or id used as a feature",
    why="A model that sees its answer learns nothing, and an id says nothing about new rows.",
    severity="error",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example('NUMBERS = ["Age", "Fare"]\n', facts=FACTS),
        Example('TARGETS = ["Survived", "Age"]\n', facts=FACTS),
        Example('columns = ["Survived"]\n', facts=FACTS),
        Example('DROPPED = ["PassengerId", "Name"]\n', facts=FACTS),
        Example(
            'cols = ["PassengerId", "Name"]\n\n\n'
            "def f(train):\n    return train.drop(columns=cols)\n",
            facts=FACTS,
        ),
        Example(
            'import pandas as pd\n\ncols = ["Survived", "Age"]\n\n\n'
            'def f(data_dir):\n    return pd.read_csv(data_dir / "train.csv", usecols=cols)\n',
            facts=FACTS,
        ),
        Example(
            'cols = ["Survived", "Name"]\n\n\n'
            "def f(train):\n    return train[[c for c in train if c not in cols]]\n",
            facts=FACTS,
        ),
    ),
    invalid=(
        Example('NUMBERS = ["Age", "Survived"]\n', facts=FACTS),
        Example('NUMBERS = """\nAge\nPassengerId\n""".split()\n', facts=FACTS),
    ),
)
