"""IIML214: estimator that refuses what the view may hold."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_views import FRAME, WHOLE, reads
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML214",
    title="Estimator that refuses what the view may hold",
    why=(
        "Some views have gaps and categories, as trees like them; linear models, neighbours and"
        " networks of scikit-learn take neither."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        reads("return LogisticRegression().fit(X, y)\n", WHOLE),
        reads('return LogisticRegression().fit(X[["size"]], y)\n', FRAME),
    ),
    invalid=(
        reads("return LogisticRegression().fit(X, y)\n", FRAME),
        reads(
            "made = LogisticRegression(C=2.0)\n    made.fit(X, y)\n    return made\n",
            FRAME,
        ),
    ),
)
