"""IIML604: empty answers."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML604",
    title="Empty answers",
    why=(
        "A row without an answer, or with NaN, gets the whole file refused. It mostly comes "
        "from features with gaps, or from joining predictions to ids by an index."
    ),
    severity="error",
    fixable="needs_review",
    fault="submission_format",
    valid=(
        Example(
            """\
id,sold
a,0.2
b,0.7
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
    invalid=(
        Example(
            """\
id,sold
a,0.2
b,
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
