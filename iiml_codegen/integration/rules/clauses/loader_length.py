"""IIML321: loader of another length."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="pictures_train",
        says="",
        shape="features",
        kind=("loader",),
        rows_like="train",
        length=4,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML321",
    title="Loader of another length",
    why="Each row of the table is one item of its dataset, or answers are given to other rows.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
import numpy as np


class Pictures:
    def __len__(self) -> int:
        return 4

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        return np.zeros((2, 3)), 1


outputs = {"pictures_train": Pictures()}
rows = {"train": 4}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np


class Pictures:
    def __len__(self) -> int:
        return 3

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        return np.zeros((2, 3)), 1


outputs = {"pictures_train": Pictures()}
rows = {"train": 4}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
