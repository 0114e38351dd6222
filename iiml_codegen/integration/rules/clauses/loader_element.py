"""IIML322: loader whose elements are others."""

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
        parts=2,
        width=3,
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML322",
    title="Loader whose elements are others",
    why="The first element is read as the model will read it: its parts, its rows, its numbers.",
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
        return 4

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        return np.zeros((2, 3))


outputs = {"pictures_train": Pictures()}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np


class Pictures:
    def __len__(self) -> int:
        return 4

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        return np.zeros((2, 5)), 1


outputs = {"pictures_train": Pictures()}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
import numpy as np


class Pictures:
    def __len__(self) -> int:
        return 4

    def __getitem__(self, place: int) -> tuple[np.ndarray, int]:
        return np.zeros((2, 3))[place + 9], 1


outputs = {"pictures_train": Pictures()}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
