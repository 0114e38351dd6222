"""IIML600: submission that cannot be read."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML600",
    title="Submission that cannot be read",
    why="A file that is no table is refused before a single row is scored.",
    severity="error",
    fixable="no",
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
    invalid=(Example("", "submission.csv", Facts(kind="binary")),),
)
