"""IIML408: raw predictions that are no probabilities."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML408",
    title="Raw predictions that are no probabilities",
    why=(
        "A metric on probabilities takes numbers from 0 to 1; margins, percentages and "
        "logarithms are none."
    ),
    severity="error",
    fixable="needs_review",
    fault="submission_format",
    valid=(
        Example(
            """\
task = "binary"
raw = [0.0, 1.0]
""",
            "predictions.py",
        ),
    ),
    invalid=(
        Example(
            """\
task = "binary"
raw = [25.0, 75.0]
""",
            "predictions.py",
        ),
        Example(
            """\
task = "binary"
raw = [-0.7, 0.4]
""",
            "predictions.py",
        ),
    ),
)
