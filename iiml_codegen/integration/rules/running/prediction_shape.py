"""IIML404: raw predictions of another shape."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML404",
    title="Raw predictions of another shape",
    why=(
        "Scores, blends and decisions go by the shape: (rows,) for one number each, "
        "(rows, classes) where there are several classes."
    ),
    severity="error",
    fixable="needs_review",
    fault="shape",
    valid=(
        Example(
            """\
task = "binary"
raw = [0.25, 0.5, 0.75]
""",
            "predictions.py",
        ),
        Example(
            """\
task = "multiclass"
raw = [[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]
""",
            "predictions.py",
        ),
    ),
    invalid=(
        Example(
            """\
task = "binary"
raw = [[0.75, 0.25], [0.5, 0.5]]
""",
            "predictions.py",
        ),
        Example(
            """\
task = "multiclass"
raw = [0.0, 1.0]
""",
            "predictions.py",
        ),
    ),
)
