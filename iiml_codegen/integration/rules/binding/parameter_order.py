"""IIML208: parameters in another order than they are called in."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, MODEL, TARGET, bound
from iiml_codegen.integration.rules.rule import Rule

SWAPPED = MODEL.replace("X: pd.DataFrame, y: np.ndarray", "y: np.ndarray, X: pd.DataFrame")
TURNED = MODEL.replace("model: Model, X: pd.DataFrame", "X: pd.DataFrame, model: Model")
NAMELESS = (
    "def fit(a, b):\n    return learn(a, b)\n\n\ndef predict(model, X):\n    return model(X)\n"
)
OTHER_NAMES = NAMELESS.replace("learn(a, b)", "LogisticRegression().fit(a, b)")
RULE = Rule(
    code="IIML208",
    title="Parameters in another order than they are called in",
    why=(
        "fit is called as fit(X, y, ...) and predict as predict(model, X), by place. What the "
        "parameters are called, how they are annotated and used must not speak against that "
        "order, and something has to speak for it."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        GOOD,
        bound(*FEATURES, TARGET, text=OTHER_NAMES),
    ),
    invalid=(
        bound(*FEATURES, TARGET, text=SWAPPED),
        bound(*FEATURES, TARGET, text=TURNED),
        bound(*FEATURES, TARGET, text=NAMELESS),
        bound(*FEATURES, TARGET, text=MODEL.replace("def predict", "def answer")),
    ),
)
