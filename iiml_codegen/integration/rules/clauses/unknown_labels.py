"""IIML315: labels outside the set."""

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
        labels=3,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML315",
    title="Labels outside the set",
    why="A class code is a place in the columns of predictions; another code has no place there.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"target": np.array([0, 2, 1])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"target": np.array([1, 2, 3])}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

outputs = {"target": np.array([0.5, 1.0])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
