"""IIML319: output that takes too much memory."""

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
        max_bytes=1000,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML319",
    title="Output that takes too much memory",
    why="Every fit loads it, and several fits go on at once.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"features_train": np.zeros((10, 2))}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"features_train": np.zeros((10, 200))}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
