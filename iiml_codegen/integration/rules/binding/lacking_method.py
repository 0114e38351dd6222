"""IIML211: method that the view's kind lacks."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_views import FRAME, SPARSE, reads
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML211",
    title="Method that the view's kind lacks",
    why="A frame, an array and a sparse table share few methods; each view is of one kind.",
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        reads("return LogisticRegression().fit(X.toarray(), y)\n", SPARSE),
        reads('return LogisticRegression().fit(X.iloc[:, :2].fillna({"age": 0}), y)\n', FRAME),
        reads(
            'X = X.toarray() if hasattr(X, "toarray") else X.fillna(0)\n'
            "    return LogisticRegression().fit(X, y)\n",
            SPARSE,
        ),
    ),
    invalid=(
        reads("return LogisticRegression().fit(X.fillna(0), y)\n", SPARSE),
        reads('return LogisticRegression().fit(X["age"], y)\n', SPARSE),
        reads("return LogisticRegression().fit(X.toarray(), y)\n", FRAME),
        reads(
            "import numpy as np\n\n    return LogisticRegression().fit(np.asarray(X), y)\n", SPARSE
        ),
    ),
)
