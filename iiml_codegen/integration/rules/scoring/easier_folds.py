"""IIML505: folds share ids, groups or times that train and test do not share."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML505",
    title="Folds are easier than the test",
    why=(
        "A row whose group the model has seen is easy. If the test has only new groups or "
        "later times, folds must have them too, or scores promise too much."
    ),
    severity="warning",
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
rows["keeper"] = ["k" + str(number % 40) for number in range(300)]
train, test = rows[:200], rows[200:].drop(columns="bought")
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
rows["keeper"] = ["k" + str(number // 5) for number in range(300)]
train, test = rows[:200], rows[200:].drop(columns="bought")
""",
            "folder.py",
        ),
        Example(
            """\
import numpy as np
import pandas as pd

draw = np.random.default_rng(0)
rows = pd.DataFrame({"id": range(300), "size": draw.normal(size=300).round(3)})
rows["bought"] = draw.integers(0, 2, 300)
rows["day"] = pd.date_range("2020-01-01", periods=300).astype(str)
train, test = rows[:200], rows[200:].drop(columns="bought")
""",
            "folder.py",
        ),
    ),
)
