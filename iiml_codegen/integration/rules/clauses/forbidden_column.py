"""IIML316: column that must not be a feature."""

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
        forbidden_columns=("late", "id"),
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML316",
    title="Column that must not be a feature",
    why=(
        "A target tells the answer, and an id tells a row apart without saying anything about it."
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
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"size": [1.0], "late": [0]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"id": [7], "size": [1.0]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
