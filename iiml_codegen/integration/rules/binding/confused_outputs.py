"""IIML213: two outputs are confused."""

from __future__ import annotations

import msgspec

from iiml_codegen.integration.rules.example_outputs import (
    CODES,
    FEATURES,
    PLANNED,
    TARGET,
    bound,
    seen,
)
from iiml_codegen.integration.rules.rule import Rule

WEIGHTS = msgspec.structs.replace(TARGET, minimum=0.2, maximum=3.7, dtype="float64")
RULE = Rule(
    code="IIML213",
    title="Two outputs are confused",
    why=(
        "An output is not what the contract says of it, while another one is exactly that. "
        "The names were most likely given the wrong way round, and the right names alone "
        "would bind the wrong data."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(bound(*FEATURES, TARGET, clauses=(PLANNED, CODES)),),
    invalid=(bound(*FEATURES, WEIGHTS, seen("weights", "array", 60, 1), clauses=(PLANNED, CODES)),),
)
