"""IIML601: wrong columns in the submission."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML601",
    title="Wrong columns in the submission",
    why=(
        "The columns are those of the sample submission, in its order. Another order is "
        "scored as if the answers were swapped, where it is scored at all."
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
id,price
a,0.2
b,0.7
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
sold,id
0.2,a
0.7,b
0.4,c
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
id
a
b
c
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
