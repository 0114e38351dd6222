"""IIML603: rows of the submission in another order."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML603",
    title="Rows of the submission in another order",
    why=(
        "Some competitions match answers by place. Answers in another order than the ids of "
        "the test belong to other rows there."
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
b,0.7
a,0.2
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
