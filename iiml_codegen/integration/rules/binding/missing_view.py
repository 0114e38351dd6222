"""IIML202: output that a model asks for is missing."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, TARGET, bound, seen, view
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML202",
    title="Output that a model asks for is missing",
    why=(
        "The plan says which view feeds the model, and prepare gives none of that name. One "
        "that is called nearly so is offered, not taken."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(GOOD,),
    invalid=(
        bound(*view("feature"), TARGET),
        bound(FEATURES[0], seen("features_holdout", rows=20), TARGET),
    ),
)
