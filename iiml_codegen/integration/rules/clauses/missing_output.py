"""IIML301: missing output."""

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
    code="IIML301",
    title="Missing output",
    why="The pipeline hands outputs to the models by these names.",
    severity="error",
    fixable="needs_review",
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

outputs = {"label": np.array([0, 1])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
