"""IIML308: categories that differ."""

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
    code="IIML308",
    title="Categories that differ",
    why=(
        "A model sees the code of a category; the same code must stand for the same value in "
        "train and test."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

levels = pd.CategoricalDtype(["red", "blue"])
table = pd.DataFrame({"colour": pd.Series(["red", "blue"], dtype=levels)})
outputs = {"features_train": table, "features_test": table.iloc[:1]}
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
    "features_train": pd.DataFrame({"colour": pd.Categorical(["red", "blue"])}),
    "features_test": pd.DataFrame({"colour": pd.Categorical(["red", "green"])}),
}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
