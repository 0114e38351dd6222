"""IIML311: infinite values."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="features_train",
        says="",
        shape="features",
        kind=(
            "frame",
            "array",
            "sparse",
        ),
        rows_like="train",
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML311",
    title="Infinite values",
    why=(
        "They come from a division by zero or the logarithm of zero, and no model learns from them."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"age": [1.0, None]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"ratio": [1.0, float("inf")]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

from scipy import sparse

outputs = {"features_train": sparse.csr_matrix([[0.0, -np.inf]])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
