"""IIML608: probabilities of a row do not add up to 1."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML608",
    title="Probabilities of a row do not add up to 1",
    why=(
        "Probabilities of classes that exclude each other add up to 1 in each row; scorers "
        "refuse others, or rescale them silently."
    ),
    severity="error",
    fixable="needs_review",
    fault="submission_format",
    valid=(
        Example(
            """\
id,red,green,blue
a,0.2,0.2,0.6
b,0.1,0.8,0.1
c,1,0,0
""",
            "submission.csv",
            Facts(kind="multiclass"),
        ),
    ),
    invalid=(
        Example(
            """\
id,red,green,blue
a,0.2,0.2,0.2
b,0.1,0.8,0.1
c,1,0,0
""",
            "submission.csv",
            Facts(kind="multiclass"),
        ),
    ),
)
