"""IIML129: a transformer learns from rows that are withheld right after."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look in each function for `fit` on a table that `train_test_split` cuts further down."""
    for split in module.calls("train_test_split"):
        around = module.owner(split) or module.tree
        cut = {root_name(item) for item in split.args} - {""}
        for call in module.inside(around, ast.Call):
            if not is_fit(call) or call.lineno > split.lineno or not call.args:
                continue
            given = root_name(call.args[0])
            kept = module.index.parents[call]
            bound = kept.targets if isinstance(kept, ast.Assign) else []
            if given in cut or cut & {root_name(item) for item in bound}:
                hint = "split first, then fit on the training part"
                text = (
                    f"{ast.unparse(call.func)} learns from rows that line {split.lineno} withholds"
                )
                yield at(call, text, hint)


def is_fit(call: ast.Call) -> bool:
    """Whether a call makes something learn from rows."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("fit", "fit_transform")


RULE = StaticRule(
    code="IIML129",
    title="Fitted before the split",
    why="What the transformer knows of the withheld rows makes their score too good.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            "from sklearn.model_selection import train_test_split\n\n\ndef f(scaler, X, y):\n"
            "    a, b, c, d = train_test_split(X, y, random_state=0)\n"
            "    return scaler.fit_transform(a), scaler.transform(b), c, d\n"
        ),
        Example("def f(scaler, X):\n    return scaler.fit_transform(X)\n"),
    ),
    invalid=(
        Example(
            "from sklearn.model_selection import train_test_split\n\n\ndef f(scaler, X, y):\n"
            "    X = scaler.fit_transform(X)\n    return train_test_split(X, y, random_state=0)\n"
        ),
        Example(
            "from sklearn.model_selection import train_test_split\n\n\ndef f(imputer, train, y):\n"
            "    imputer.fit(train[['Age']])\n    X = imputer.transform(train)\n"
            "    return train_test_split(train, X, random_state=0)\n"
        ),
        Example(
            "from sklearn.model_selection import train_test_split\n\n\ndef f(words, df, y):\n"
            "    X = words.fit_transform(df['text'])\n"
            "    return train_test_split(X, y, random_state=0)\n"
        ),
    ),
)
