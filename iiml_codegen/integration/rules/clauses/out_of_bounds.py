"""IIML314: values out of bounds."""

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
        bounds=(0.0, 1.0),
        ranges={"share": (0.0, 0.5)},
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML314",
    title="Values out of bounds",
    why=(
        "Scaled features, shares and codes have a range that models rely on; a value beyond "
        "it was not prepared as planned."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"share": [0.1, 0.5], "age": [0.0, 1.0]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"share": [0.1, 0.5], "age": [0.0, 90.0]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"share": [0.1, 0.7]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
from scipy import sparse

outputs = {"features_train": sparse.csr_matrix([[0.0, 3.0]])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
