"""IIML215: a view is encoded that extract does not give."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import FEATURES, GOOD, MODEL, TARGET, bound
from iiml_codegen.integration.rules.rule import Rule

ENCODING = "def encode(X: pd.DataFrame) -> np.ndarray:\n    return X.to_numpy()\n\n\n"
RULE = Rule(
    code="IIML215",
    title="Encoded view that extract does not give",
    why=(
        "encode runs once for all rows, and each fold takes its rows by their position. So it reads"
        " a view as extract gives it: a view made in prepare is another one in each fold, as it may"
        " have learned from labels."
    ),
    severity="error",
    fixable="no",
    fault="contract_usage",
    valid=(GOOD,),
    invalid=(
        bound(*FEATURES, TARGET, text=ENCODING + MODEL.replace("X: pd.DataFrame", "X: np.ndarray")),
    ),
)
