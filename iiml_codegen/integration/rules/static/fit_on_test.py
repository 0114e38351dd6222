"""IIML127: a transformer learns from the test rows alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_test


def check(module: Checked) -> Iterator[Finding]:
    """Look at what `fit` and `fit_transform` are called with."""
    for call in module.calls("fit", "fit_transform", "fit_predict"):
        if isinstance(call.func, ast.Attribute) and call.args and is_test(root_name(call.args[0])):
            name = ast.unparse(call.func)
            hint = "fit on the training rows, then transform the test rows"
            yield at(call, f"{name} learns from the test rows alone", hint)


RULE = StaticRule(
    code="IIML127",
    title="Fitted on the test rows",
    why="Train and test are then scaled or coded in two ways, and what the model learned is off.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            "def f(scaler, train, test):\n    a = scaler.fit_transform(train)\n"
            "    return a, scaler.transform(test)\n"
        ),
        Example("def f(scaler, rows):\n    return scaler.fit_transform(rows)\n"),
    ),
    invalid=(
        Example(
            "def f(scaler, train, test):\n    a = scaler.fit_transform(train)\n"
            "    return a, scaler.fit_transform(test)\n"
        ),
        Example("def f(encoder, X_test):\n    encoder.fit(X_test[['Sex']])\n    return encoder\n"),
        Example(
            "def f(vectorizer, test_df):\n    return vectorizer.fit_transform(test_df['text'])\n"
        ),
    ),
)
