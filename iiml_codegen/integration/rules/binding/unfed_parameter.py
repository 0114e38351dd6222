"""IIML204: parameter that nothing feeds."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, MODEL, TARGET, bound, seen
from iiml_codegen.integration.rules.rule import Rule

WEIGHTED = MODEL.replace("seed: int = 0", "seed: int = 0, sample_weight")
OPTIONAL = MODEL.replace("seed: int = 0", "seed: int = 0, sample_weight=None")
RULE = Rule(
    code="IIML204",
    title="Parameter that nothing feeds",
    why=(
        "A parameter without default stops the run. One that waits for weights or groups "
        "under another name than the output would silently keep its default."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        bound(*FEATURES, TARGET, seen("sample_weight", "array", 60, 1), text=WEIGHTED),
        bound(*FEATURES, TARGET, text=OPTIONAL),
    ),
    invalid=(
        bound(*FEATURES, TARGET, text=WEIGHTED),
        bound(*FEATURES, TARGET, seen("importance", "array", 60, 1), text=OPTIONAL),
    ),
)
