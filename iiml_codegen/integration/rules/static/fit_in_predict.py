"""IIML161: predict or encode learns from the rows that it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

ROWS = {"predict": 1, "encode": 0}
"""Which positional parameter holds the rows."""


def check(module: Checked) -> Iterator[Finding]:
    """Look for fit, fit_transform and statistics of X in predict and encode."""
    functions = module.functions() if module.is_model else {}
    given = {
        functions[name]: [item.arg for item in functions[name].args.args[place : place + 1]]
        for name, place in ROWS.items()
        if name in functions
    }
    for call in module.calls("fit", "fit_transform", "fit_predict", "get_dummies", "factorize"):
        function = module.owner(call)
        if not isinstance(function, ast.FunctionDef) or function not in given or not call.args:
            continue
        if isinstance(call.func, ast.Attribute) and root_name(call.args[0]) in given[function]:
            rows = "rows to answer" if function.name == "predict" else "rows to encode"
            hint = "learn it in fit and keep it in the model"
            yield at(call, f"{ast.unparse(call.func)} learns from the {rows}", hint)


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
            "import pandas as pd\n\n\n"
            "def encode(X):\n    return pd.get_dummies(X)\n\n\n"
            + FIT
            + "def predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
        ),
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
