"""IIML318: table that must stay sparse."""

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
        kind=("sparse",),
        rows_like="train",
        stays_sparse=True,
        min_zeros=0.5,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML318",
    title="Table that must stay sparse",
    why="A dense table of all words takes a hundred times the memory.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
from scipy import sparse

outputs = {"features_train": sparse.eye(4, format="csr")}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np

outputs = {"features_train": np.eye(4)}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
from scipy import sparse

outputs = {"features_train": sparse.csr_matrix([[1.0, 2.0], [0.0, 3.0]])}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
