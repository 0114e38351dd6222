"""IIML506: rows stand twice, across train and test or across folds."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML506",
    title="Rows have exact copies",
    why=(
        "A copy whose answer is known is remembered, not predicted. Where copies across folds "
        "are more frequent than across train and test, scores promise too much."
    ),
    severity="information",
    fixable="no",
    fault="leak",
    valid=(
        Example(
            """\
import numpy as np
import pandas as pd

draw = np.random.default_rng(0)
rows = pd.DataFrame({"id": range(300), "size": draw.normal(size=300).round(3)})
rows["bought"] = draw.integers(0, 2, 300)
train, test = rows[:200], rows[200:].drop(columns="bought")
train = train.assign(note=[f"row {n}" for n in train["id"]])
test = test.assign(note=[f"row {n}" for n in test["id"]])
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np
import pandas as pd

draw = np.random.default_rng(0)
rows = pd.DataFrame({"id": range(300), "size": draw.normal(size=300).round(3)})
rows["bought"] = draw.integers(0, 2, 300)
rows.loc[200:219, "size"] = rows.loc[0:19, "size"].to_numpy()
train, test = rows[:200], rows[200:].drop(columns="bought")
""",
            "folder.py",
        ),
    ),
)
