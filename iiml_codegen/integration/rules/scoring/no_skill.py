"""IIML511: predictions are worth no more than one answer for all rows."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

TARGET = "target = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]\n"
RULE = Rule(
    code="IIML511",
    title="No better than a constant answer",
    why=(
        "A model that learned anything beats the best single answer. One that does not has mostly "
        "answered for the wrong class, on another scale, or in another order than the rows."
    ),
    severity="error",
    fixable="needs_review",
    fault="submission_format",
    valid=(Example(TARGET + "raw = [0.2, 0.9, 0.1, 0.8, 0.7, 0.4, 0.6, 0.9]\n", "predictions.py"),),
    invalid=(
        Example(TARGET + "raw = [0.8, 0.1, 0.9, 0.2, 0.3, 0.6, 0.4, 0.1]\n", "predictions.py"),
        Example(TARGET + "raw = [0.5] * 8\n", "predictions.py"),
    ),
)
