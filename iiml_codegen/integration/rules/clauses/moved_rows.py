"""IIML305: rows in another order."""

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
        in_order=True,
        aligned_with="design_train",
        same_columns_as="features_test",
        mirrors=("size",),
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML305",
    title="Rows in another order",
    why=(
        "Rows, target and ids are matched by their place; labels of rows that are out of "
        "order tell that they were moved."
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

table = pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})
outputs = {"features_train": table, "design_train": table / 2}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

train = pd.DataFrame({"size": [3.0, 1.0, 2.0], "late": [0, 1, 1]})
test = pd.DataFrame({"size": [5.0, 4.0]})
outputs = {"features_train": train[["size"]] ** 2, "features_test": test ** 2}
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
rows = pd.concat([train[["size"]], test]).sort_values("size", ignore_index=True)
outputs = {"features_train": rows[:3], "features_test": rows[3:].reset_index(drop=True)}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

table = pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})
outputs = {"features_train": table.sort_values("age", ascending=False)}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import pandas as pd

table = pd.DataFrame({"size": [1.0, 2.0], "age": [3.0, 4.0]})
outputs = {"features_train": table, "design_train": table.iloc[::-1]}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
