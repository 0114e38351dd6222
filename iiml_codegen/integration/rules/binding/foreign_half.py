"""IIML209: the test half is not that of the view."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import (
    FEATURES,
    GOOD,
    TARGET,
    WORDS,
    bound,
    seen,
)
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML209",
    title="The test half is not that of the view",
    why=(
        "Predictions for the training rows look like a submission once the row counts agree. "
        "The two halves of a view have the same kind and columns, and the second has the rows "
        "of the test table."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(GOOD,),
    invalid=(
        bound(FEATURES[0], seen("features_test", rows=60), *WORDS, TARGET),
        bound(FEATURES[0], seen("features_test", rows=20, columns=4), TARGET),
    ),
)
