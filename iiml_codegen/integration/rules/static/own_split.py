"""IIML128: the module withholds rows by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

SPLITS = ("train_test_split", "random_split")
SCORES = ("cross_val_score", "cross_validate")


def check(module: Checked) -> Iterator[Finding]:
    """Look for calls that split rows, and for cross-validation whose scores nobody reads."""
    if not (module.is_prep or module.is_model):
        return
    for call in module.calls(*SPLITS, *SCORES):
        if isinstance(call.func, ast.Attribute) and not module.full(call.func):
            continue
        name = ast.unparse(call.func)
        hint = "give all rows" if module.is_prep else "declare `valid` in fit; the harness fills it"
        yield at(call, f"{name}: rows are withheld by the harness", hint)


RULE = StaticRule(
    code="IIML128",
    title="Own split",
    why="Scores come from rows that the framework withholds; a second split only wastes rows.",
    severity="warning",
    fixable="needs_review",
    fault="contract_usage",
    check=check,
    valid=(
        Example(
            "from sklearn.model_selection import KFold\n\n\ndef f(X):\n"
            "    return list(KFold(5).split(X))\n"
        ),
        Example(
            "def fit(X, y, *, valid=None):\n    return valid\n\n\ndef predict(model, X):\n"
            "    return X\n",
            "model_a.py",
        ),
    ),
    invalid=(
        Example(
            "from sklearn.model_selection import train_test_split\n\n\ndef f(X, y):\n"
            "    return train_test_split(X, y, test_size=0.2, random_state=0)\n"
        ),
        Example(
            "from sklearn.model_selection import cross_val_score\n\n\ndef fit(X, y):\n"
            "    print(cross_val_score(X, y))\n    return 1\n\n\ndef predict(model, X):\n"
            "    return X\n",
            "model_a.py",
        ),
    ),
)
