"""IIML302: outputs that cannot be read."""

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
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML302",
    title="Outputs that cannot be read",
    why=(
        "Outputs travel from prepare to each fit as a file, so they are a dict of plain "
        "tables and values."
    ),
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"target": np.array([0, 1])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = [np.array([0, 1])]
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
