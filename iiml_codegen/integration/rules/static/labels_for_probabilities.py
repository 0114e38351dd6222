"""IIML147: predict gives labels where probabilities are wanted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at

CLASSIFIER = re.compile(
    r"Classifier(?:CV)?$|^LogisticRegression(?:CV)?$|NB$|^SVC$|DiscriminantAnalysis$"
)
WITH_LABELS = ("binary", "multiclass", "multilabel")


def check(module: Checked) -> Iterator[Finding]:
    """Look at `.predict(X)` on the model in predict, if the module fits a classifier."""
    function = module.functions().get("predict") if module.is_model else None
    if function is None or module.facts.kind not in (None, *WITH_LABELS):
        return
    made = [call for call in module.nodes(ast.Call) if CLASSIFIER.search(last_name(call.func))]
    used = {last_name(call.func) for call in module.inside(function, ast.Call)}
    if not made or used & {"predict_proba", "decision_function"}:
        return
    given = [item.arg for item in function.args.args]
    for call in module.inside(function, ast.Call):
        if last_name(call.func) == "predict" and root_name(call.func) in given[:1]:
            text = f"{last_name(made[0].func)}.predict gives labels, but probabilities are wanted"
            yield at(call, text, "use predict_proba")


HEAD = "from sklearn.linear_model import LogisticRegression\n\n\n"
FIT = "def fit(X, y):\n    return LogisticRegression().fit(X, y)\n\n\n"
BINARY = Facts(kind="binary")
RULE = StaticRule(
    code="IIML147",
    title="Labels instead of probabilities",
    why="Raw predictions are probabilities; decide() makes labels of them where they are wanted.",
    severity="warning",
    fixable="needs_review",
    fault="shape",
    check=check,
    valid=(
        Example(
            HEAD + FIT + "def predict(model, X):\n    return model.predict_proba(X)[:, 1]\n",
            "model_a.py",
            BINARY,
        ),
        Example(
            "import lightgbm\n\n\ndef fit(X, y):\n    return lightgbm.train({}, X)\n\n\n"
            "def predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
            BINARY,
        ),
        Example(
            HEAD + FIT + "def predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
            Facts(kind="regression"),
        ),
    ),
    invalid=(
        Example(
            HEAD + FIT + "def predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
            BINARY,
        ),
        Example(
            "from sklearn.ensemble import RandomForestClassifier\n\n\ndef fit(X, y, *, seed=0):\n"
            "    return RandomForestClassifier(random_state=seed).fit(X, y)\n\n\n"
            "def predict(model, X):\n    labels = model.predict(X)\n    return labels\n",
            "model_a.py",
            Facts(kind="multiclass"),
        ),
    ),
)
