"""IIML320: codes that stand for no level."""

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
        levels={"colour": 3},
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML320",
    title="Codes that stand for no level",
    why="An embedding or a one-hot table has a place for each level and none beyond.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"colour": [0, 2]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"colour": [0, 3]})}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"colour": [-1, 2]})}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
