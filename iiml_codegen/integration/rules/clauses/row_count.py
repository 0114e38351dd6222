"""IIML304: wrong number of rows."""

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
    code="IIML304",
    title="Wrong number of rows",
    why="A row that is dropped or doubled moves every answer after it to another row.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})}
rows = {"train": 2}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

outputs = {"features_train": pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})}
rows = {"train": 3}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

table = pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})
outputs = {"features_train": table[table["age"] > 3]}
rows = {"train": 2}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
