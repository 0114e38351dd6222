"""IIML402: the pipeline takes too long."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML402",
    title="The pipeline takes too long",
    why=(
        "A run that does not end within its share of the budget leaves nothing, and takes "
        "the time of others."
    ),
    severity="error",
    fixable="needs_review",
    fault="timeout",
    valid=(
        Example(
            """\
ROUNDS = 20
print(sum(range(ROUNDS)))
""",
            "pipeline.py",
        ),
    ),
    invalid=(
        Example(
            """\
ROUNDS = 10**12


def fit() -> int:
    total = 0
    for number in range(ROUNDS):
        total += number
    return total


fit()
""",
            "pipeline.py",
        ),
    ),
)
