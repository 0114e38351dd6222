"""IIML303: wrong kind of object."""

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
        kind=("frame",),
        rows_like="train",
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML303",
    title="Wrong kind of object",
    why="A model calls the methods of the kind that it was promised.",
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
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.Series([1.0, 2.0])}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

outputs = {"features_train": np.ones((2, 2))}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
