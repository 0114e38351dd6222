"""IIML313: columns of another type."""

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
        families=("number", "category"),
        dtypes={"age": "float32"},
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML313",
    title="Columns of another type",
    why="Models tell numbers, categories and dates apart by the type of a column.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

table = pd.DataFrame({"age": [1.0], "colour": pd.Categorical(["red"])})
outputs = {"features_train": table.astype({"age": "float32"})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"age": [1.0]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

table = pd.DataFrame({"age": [1.0], "day": pd.to_datetime(["2021-03-04"])})
outputs = {"features_train": table.astype({"age": "float32"})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
