"""IIML206: view of another kind than the parameter says."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, MODEL, TARGET, bound
from iiml_codegen.integration.rules.rule import Rule

SPARSE = MODEL.replace("pd.DataFrame", "csr_matrix")
EITHER = MODEL.replace("pd.DataFrame", "pd.DataFrame | csr_matrix")
RULE = Rule(
    code="IIML206",
    title="View of another kind than the parameter says",
    why=(
        "Code written for a sparse matrix fails on a table, at best; at worst it takes the "
        "names of the columns for the rows."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_usage",
    valid=(
        GOOD,
        bound(*FEATURES, TARGET, text=EITHER),
    ),
    invalid=(bound(*FEATURES, TARGET, text=SPARSE),),
)
