"""IIML317: copy of the target among the features."""

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
            "sparse",
        ),
        rows_like="train",
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML317",
    title="Copy of the target among the features",
    why=(
        "Under any name and any code it is the answer: the score would be perfect and the "
        "test rows lost."
    ),
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

import pandas as pd

target = np.arange(200) % 3
outputs = {"features_train": pd.DataFrame({"size": np.arange(200.0)}), "target": target}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

import pandas as pd

target = np.arange(200) % 3
outputs = {"features_train": pd.DataFrame({"size": target * 1.0}), "target": target}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

import pandas as pd

target = np.arange(200) % 3
words = np.array(["c", "a", "b"])[target]
outputs = {"features_train": pd.DataFrame({"word": words}), "target": target}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
