"""IIML130: the target is averaged over the rows that get the average."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_test

SUMMARIES = ("mean", "transform", "agg", "aggregate", "apply", "median", "sum", "std")
JOINS = ("map", "merge", "join", "replace")
CALLED_TARGET = re.compile(r"^(target|label|y|y_train|TARGET|LABEL)$")


def check(module: Checked) -> Iterator[Finding]:
    """Look for `groupby(key)[target].mean()` that is mapped or merged onto rows."""
    if not module.is_prep:
        return
    for call in module.calls(*SUMMARIES):
        column = grouped_column(call)
        if column is None or not is_target(module, column):
            continue
        if last_name(call.func) == "transform" or is_mapped(module, call):
            hint = "average over the other folds' rows only"
            text = "each row's own target is in the average that it gets"
            yield at(call, text, hint)


def grouped_column(call: ast.Call) -> ast.expr | None:
    """The column of `groupby(...)[column].mean()`."""
    held = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(held, ast.Subscript) or not isinstance(held.value, ast.Call):
        return None
    return held.slice if last_name(held.value.func) == "groupby" else None


def is_target(module: Checked, column: ast.expr) -> bool:
    """Whether a column is the target, as far as the facts or its name tell."""
    items = column.elts if isinstance(column, ast.List) and len(column.elts) == 1 else [column]
    text = module.string(items[0])
    known = module.facts.targets or module.facts.forbidden
    if text is not None and known:
        return text in known
    spelt = items[0].id if isinstance(items[0], ast.Name) else text or ""
    return bool(CALLED_TARGET.match(spelt))


def is_mapped(module: Checked, call: ast.Call) -> bool:
    """Whether the averages, or the name that they are bound to, go into `map` or `merge`."""
    names: set[str] = set()
    for parent in module.index.ancestors(call):
        if isinstance(parent, ast.Call) and last_name(parent.func) in JOINS:
            return not is_test(receiver(module, parent))
        if isinstance(parent, ast.Assign):
            names = {item.id for item in parent.targets if isinstance(item, ast.Name)}
        if isinstance(parent, ast.stmt):
            break
    around = module.owner(call) or module.tree
    joined = {
        item.id
        for other in (module.inside(around, ast.Call) if names else ())
        if isinstance(other.func, ast.Attribute) and other.func.attr in JOINS
        if not is_test(receiver(module, other))
        for item in other.args
        if isinstance(item, ast.Name)
    }
    return bool(names & joined) and not withheld(module, call)


def receiver(module: Checked, call: ast.Call) -> str:
    """The table whose rows get the averages: of `table.merge(...)` or `pd.merge(table, ...)`."""
    root = root_name(call.func)
    return root_name(call.args[0]) if root in module.imports and call.args else root


def withheld(module: Checked, call: ast.Call) -> bool:
    """Whether a loop over folds is around: then the rows are probably other ones."""
    loops = (n for n in module.index.ancestors(call) if isinstance(n, ast.For))
    return any(
        "split" in ast.unparse(loop.iter) or "fold" in ast.unparse(loop.iter) for loop in loops
    )


FACTS = Facts(forbidden=("PassengerId", "Survived"), targets=("Survived",))
RULE = StaticRule(
    code="IIML130",
    title="Target averaged over all rows",
    why="A group of one row gets its own answer as a feature; no test row ever will.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            "def f(df):\n    df['a'] = df.groupby('Ticket')['Fare'].transform('mean')\n"
            "    return df\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n    print(train.groupby('Sex')['Survived'].mean())\n    return train\n",
            facts=FACTS,
        ),
        Example(
            "def f(train, test):\n    means = train.groupby('Sex')['Survived'].mean()\n"
            "    return test['Sex'].map(means)\n",
            facts=FACTS,
        ),
        Example(
            "def f(train, folds):\n    for known, rest in folds.split(train):\n"
            "        means = train.iloc[known].groupby('Sex')['Survived'].mean()\n"
            "        train.loc[rest, 'a'] = train['Sex'].iloc[rest].map(means)\n    return train\n",
            facts=FACTS,
        ),
    ),
    invalid=(
        Example(
            "def f(train):\n"
            "    train['a'] = train.groupby('Sex')['Survived'].transform('mean')\n"
            "    return train\n",
            facts=FACTS,
        ),
        Example(
            "TARGET = 'Survived'\n\n\ndef f(train, test):\n"
            "    means = train.groupby('Sex')[TARGET].mean()\n"
            "    train['a'] = train['Sex'].map(means)\n    test['a'] = test['Sex'].map(means)\n"
            "    return train, test\n",
            facts=FACTS,
        ),
        Example(
            "def f(train):\n"
            "    train['a'] = train['shop'].map(train.groupby('shop')['target'].mean())\n"
            "    return train\n"
        ),
    ),
)
