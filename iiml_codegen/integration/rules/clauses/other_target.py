"""IIML327: target that is not the table's."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="target",
        says="",
        shape="target",
        kind=(
            "array",
            "series",
        ),
        rows_like="train",
        labels=2,
        mirrors=("late",),
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML327",
    title="Target that is not the table's",
    why=(
        "A model learns whatever it is given: labels under other codes, or amounts on another "
        "scale, are answered so."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import pandas as pd

train = pd.DataFrame({"size": [3.0, 1.0, 2.0], "late": [0, 1, 1]})
test = pd.DataFrame({"size": [5.0, 4.0]})
outputs = {"target": train["late"].to_numpy()}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

train = pd.DataFrame({"size": [3.0, 1.0, 2.0], "late": [0, 1, 1]})
test = pd.DataFrame({"size": [5.0, 4.0]})
outputs = {"target": train["late"].astype(float)}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd

train = pd.DataFrame({"size": [3.0, 1.0, 2.0], "late": [0, 1, 1]})
test = pd.DataFrame({"size": [5.0, 4.0]})
outputs = {"target": 1 - train["late"].to_numpy()}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
