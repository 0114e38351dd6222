"""IIML326: ids that stand twice."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="ids",
        says="",
        shape="ids",
        kind=(
            "array",
            "series",
        ),
        rows_like="test",
        unique=True,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML326",
    title="Ids that stand twice",
    why="Answers are written by id; of two rows with one id, one would be lost.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"ids": np.array(["a1", "a2"], dtype=object)}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"ids": np.array(["a1", "a1"], dtype=object)}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
