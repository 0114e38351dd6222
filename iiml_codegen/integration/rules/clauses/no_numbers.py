"""IIML312: columns that are no numbers."""

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
        ),
        rows_like="train",
        numeric=True,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML312",
    title="Columns that are no numbers",
    why=(
        "A model that adds and multiplies was promised numbers; text and categories must be "
        "encoded before."
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

outputs = {"features_train": pd.DataFrame({"late": [True, False]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"colour": ["red", "blue"]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"colour": pd.Categorical(["red"])})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

outputs = {"features_train": np.array([["red", 1.0]], dtype=object)}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
