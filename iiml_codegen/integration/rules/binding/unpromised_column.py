"""IIML210: column that the view does not promise."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_views import FRAME, reads
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML210",
    title="Column that the view does not promise",
    why="The model names a column, and prep gives the view without it: fit would stop there.",
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        reads('return LogisticRegression().fit(X[["size"]], y)\n', FRAME),
        reads('return LogisticRegression().fit(X.drop(columns=["age", "colour"]), y)\n', FRAME),
        reads(
            'X = X.assign(area=X["size"] ** 2)\n'
            '    return LogisticRegression().fit(X[["size", "area"]], y)\n',
            FRAME,
        ),
        reads(
            'rows = X[["size"]]\n'
            '    if "weight" in X:\n'
            '        rows = X[["size", "weight"]]\n'
            "    return LogisticRegression().fit(rows, y)\n",
            FRAME,
        ),
    ),
    invalid=(
        reads('return LogisticRegression().fit(X[["sizes"]], y)\n', FRAME),
        reads('return LogisticRegression().fit(X.loc[:, ["size", "weight"]], y)\n', FRAME),
        reads('return LogisticRegression().fit(X.drop(columns=["name"])[["size"]], y)\n', FRAME),
    ),
)
