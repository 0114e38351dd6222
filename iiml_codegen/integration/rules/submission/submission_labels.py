"""IIML606: unknown labels."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML606",
    title="Unknown labels",
    why=(
        "A label that the training table never shows is wrong in every row: class codes were "
        "not turned back into labels, most likely."
    ),
    severity="error",
    fixable="needs_review",
    fault="submission_format",
    valid=(
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
id,grade
a,1
b,2
c,4
""",
            "submission.csv",
            Facts(kind="ordinal"),
        ),
    ),
)
