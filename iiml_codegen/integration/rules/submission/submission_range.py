"""IIML607: answers out of range."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML607",
    title="Answers out of range",
    why=(
        "Probabilities lie between 0 and 1, and what a logarithm is taken of is not negative. "
        "Decision values and differences are neither."
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
b,1.3
c,0.4
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
