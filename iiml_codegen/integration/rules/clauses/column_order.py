"""IIML307: columns in another order."""

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
        same_columns_as="features_test",
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML307",
    title="Columns in another order",
    why="Most models know a column by its place alone.",
    severity="error",
    fixable="safe",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

outputs = {
    "features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]}),
    "features_test": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]}),
}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {
    "features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]}),
    "features_test": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})[["age", "size"]],
}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
