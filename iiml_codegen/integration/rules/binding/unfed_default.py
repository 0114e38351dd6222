"""IIML212: parameter that keeps its default."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, MODEL, TARGET, bound
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML212",
    title="Parameter that keeps its default",
    why=(
        "A parameter that seems to wait for one value per row gets none. That is fine if it "
        "is meant, and worth knowing if it is not."
    ),
    severity="information",
    fixable="no",
    fault="contract_usage",
    valid=(GOOD,),
    invalid=(
        bound(
            *FEATURES,
            TARGET,
            text=MODEL.replace("seed: int = 0", "seed: int = 0, sample_weight=None"),
        ),
    ),
)
