"""IIML405: raw predictions that are not finite."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML405",
    title="Raw predictions that are not finite",
    why="NaN and infinity have no score, and no place in a submission.",
    severity="error",
    fixable="needs_review",
    fault="preprocessing",
    valid=(
        Example(
            """\
task = "binary"
raw = [0.25, 0.5]
""",
            "predictions.py",
        ),
    ),
    invalid=(
        Example(
            """\
task = "binary"
raw = [0.25, float("nan")]
""",
            "predictions.py",
        ),
        Example(
            """\
task = "multiclass"
raw = [[0.2, 0.3, float("inf")], [0.1, 0.8, 0.1]]
""",
            "predictions.py",
        ),
    ),
)
