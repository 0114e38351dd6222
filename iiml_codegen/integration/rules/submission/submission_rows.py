"""IIML602: wrong rows or ids in the submission."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML602",
    title="Wrong rows or ids in the submission",
    why=(
        "Each test row wants one answer, known by its id. Missing, repeated and unknown ids "
        "get the whole file refused."
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
b,0.7
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
id,sold
a,0.2
b,0.7
x,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
id,sold
a,0.2
b,0.7
a,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
