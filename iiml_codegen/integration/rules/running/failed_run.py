"""IIML401: the pipeline fails."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML401",
    title="The pipeline fails",
    why=(
        "What does not run to its end has no score. The fault says which class of failure "
        "it is, and where."
    ),
    severity="error",
    fixable="needs_review",
    fault="unknown",
    valid=(
        Example(
            """\
total = sum([1, 2, 3])
print(total)
""",
            "pipeline.py",
        ),
    ),
    invalid=(
        Example(
            """\
def ratio(part: float, whole: float) -> float:
    return part / whole


print(ratio(1.0, 0.0))
""",
            "pipeline.py",
        ),
        Example(
            """\
import sys

sys.exit('no rows are left')
""",
            "pipeline.py",
        ),
    ),
)
