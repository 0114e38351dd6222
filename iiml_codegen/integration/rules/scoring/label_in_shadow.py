"""IIML501: labels withheld from a shadow can be read from its files."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML501",
    title="A withheld label shows in its shadow",
    why=(
        "A score means nothing if its answers lie beside the questions. Proof: labels are "
        "permuted in a copy of the folder, and every byte of the shadow stays."
    ),
    severity="error",
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
train, test = rows[:200], rows[200:]  # the answer stands in test.csv too
""",
            "folder.py",
        ),
    ),
)
