"""IIML325: missing tower."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="inputs_train",
        says="",
        shape="features",
        kind=("towers",),
        rows_like="train",
        towers=("image", "table"),
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML325",
    title="Missing tower",
    why="A network with several inputs takes each by its name.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np

outputs = {"inputs_train": {"image": np.zeros((2, 9)), "table": np.zeros((2, 3))}}
rows = {"train": 2}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"inputs_train": {"image": np.zeros((2, 9)), "text": np.zeros((2, 3))}}
rows = {"train": 2}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
