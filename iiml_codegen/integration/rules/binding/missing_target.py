"""IIML203: no output holds the target."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, bound, seen
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML203",
    title="No output holds the target",
    why=(
        "Without the target there is nothing to learn. An output under an unknown name could "
        "be weights or groups as well, so it is not taken for it."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        GOOD,
        bound(*FEATURES, seen("labels", "array", 60, 1)),
    ),
    invalid=(bound(*FEATURES, seen("outcome", "array", 60, 1)),),
)
