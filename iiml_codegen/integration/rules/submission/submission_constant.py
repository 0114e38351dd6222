"""IIML609: the same answer everywhere."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Facts, Rule

RULE = Rule(
    code="IIML609",
    title="The same answer everywhere",
    why=(
        "A model that answers every row alike has learned nothing, mostly because its "
        "features arrived empty. It is handed in only before there is anything better."
    ),
    severity="error",
    fixable="no",
    fault="submission_format",
    valid=(
        Example(
            """\
id,sold
r0,0.1
r1,0.2
r2,0.3
r3,0.4
r4,0.5
r5,0.6
r6,0.7
r7,0.1
r8,0.2
r9,0.3
r10,0.4
r11,0.5
r12,0.6
r13,0.7
r14,0.1
r15,0.2
r16,0.3
r17,0.4
r18,0.5
r19,0.6
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
    invalid=(
        Example(
            """\
id,sold
r0,0.5
r1,0.5
r2,0.5
r3,0.5
r4,0.5
r5,0.5
r6,0.5
r7,0.5
r8,0.5
r9,0.5
r10,0.5
r11,0.5
r12,0.5
r13,0.5
r14,0.5
r15,0.5
r16,0.5
r17,0.5
r18,0.5
r19,0.5
""",
            "submission.csv",
            Facts(kind="binary"),
        ),
    ),
)
