"""IIML605: answers that are no numbers, or labels written otherwise."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML605",
    title="Answers that are no numbers, or labels written otherwise",
    why=(
        "Words or infinite values where numbers are wanted cannot be scored, and a label 1.0 "
        "is not the label 1."
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
        Example(
            """\
id,grade
a,1
b,2
c,3
""",
            "submission.csv",
            Facts(kind="ordinal"),
        ),
    ),
    invalid=(
        Example(
            """\
id,sold
a,0.2
b,high
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
id,sold
a,0.2
b,inf
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
        Example(
            """\
id,grade
a,1.0
b,2.0
c,3.0
""",
            "submission.csv",
            Facts(kind="ordinal"),
        ),
    ),
)
