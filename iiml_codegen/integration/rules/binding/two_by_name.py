"""IIML207: two outputs by the same right."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import (
    FEATURES,
    GOOD,
    MODEL,
    TARGET,
    WORDS,
    bound,
    seen,
)
from iiml_codegen.integration.rules.rule import Rule

GROUPED = MODEL.replace("seed: int = 0", "seed: int = 0, groups=None")
GROUPS = (seen("groups", "array", 60, 1), seen("group_ids", "array", 60, 1))
RULE = Rule(
    code="IIML207",
    title="Two outputs by the same right",
    why=(
        "Where names point at two outputs, or plan and name at different ones, either choice "
        "may be the wrong one."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        GOOD,
        bound(*FEATURES, TARGET, GROUPS[0], text=GROUPED),
    ),
    invalid=(
        bound(*FEATURES, seen("label", "array", 60, 1), seen("y", "array", 60, 1)),
        bound(*FEATURES, TARGET, *GROUPS, text=GROUPED),
        bound(*FEATURES, *WORDS, TARGET, text=MODEL.replace("X: pd.DataFrame, y", "words, y")),
    ),
)
