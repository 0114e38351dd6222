"""IIML309: wrong number of columns."""

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
        kind=("array",),
        rows_like="train",
        width=2,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML309",
    title="Wrong number of columns",
    why="Several targets, or the inputs of a network, have a fixed width.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"target": np.zeros((3, 2))}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"target": np.zeros(3)}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np

outputs = {"target": np.zeros((3, 4))}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
