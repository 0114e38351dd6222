"""IIML306: columns that differ."""

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
        dtypes={"size": "number"},
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML306",
    title="Columns that differ",
    why="A model that learned from some columns cannot answer from others.",
    severity="error",
    fixable="needs_review",
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
    "features_test": pd.DataFrame({"size": [1.0, 2.0]}),
}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {
    "features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]}),
    "features_test": pd.DataFrame({"size": [1.0, 2.0], "weight": [3.0, 4.0]}),
}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {
    "features_train": pd.DataFrame({"age": [1.0]}),
    "features_test": pd.DataFrame({"age": [1.0]}),
}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {
    "features_train": pd.DataFrame([[1.0, 2.0]], columns=["size", "size"]),
    "features_test": pd.DataFrame([[1.0, 2.0]], columns=["size", "size"]),
}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
