"""IIML161: predict learns from the rows that it has to answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look for fit, fit_transform and statistics of X in predict."""
    function = module.functions().get("predict") if module.is_model else None
    given = [item.arg for item in function.args.args[1:2]] if function else []
    for call in module.calls("fit", "fit_transform", "fit_predict", "get_dummies", "factorize"):
        if function is None or module.owner(call) is not function or not call.args:
            continue
        if isinstance(call.func, ast.Attribute) and root_name(call.args[0]) in given:
            hint = "learn it in fit and keep it in the model"
            yield at(call, f"{ast.unparse(call.func)} learns from the rows to answer", hint)


FIT = "def fit(X, y):\n    return X.fit(y)\n\n\n"
RULE = StaticRule(
    code="IIML161",
    title="Fitted in predict",
    why="The answer for a row then depends on which other rows are asked about with it.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(
            FIT + "def predict(model, X):\n    return model.predict(model.scale.transform(X))\n",
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    X.scale.fit(X)\n    return y\n\n\ndef predict(model, X):\n"
            "    return X\n",
            "model_a.py",
        ),
    ),
    invalid=(
        Example(
            "from sklearn.preprocessing import StandardScaler\n\n\n"
            + FIT
            + "def predict(model, X):\n"
            "    return model.predict(StandardScaler().fit_transform(X))\n",
            "model_a.py",
        ),
        Example(
            "import pandas as pd\n\n\n"
            + FIT
            + "def predict(model, X):\n    return model.predict(pd.get_dummies(X))\n",
            "model_a.py",
        ),
    ),
)
