"""What a competition folder can look like: one adapter a file.

An adapter reads the folder and writes its shadows; `find_layout` picks it. Each passes the
permuted-label proof (`worker/permutation.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from ..task import Task

Positions = npt.NDArray[np.int64]


class Layout(Protocol):
    """Reads a competition and writes copies of it in which labels are withheld."""

    train_rows: int
    test_rows: int

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> None:
        """Write a shadow: `withheld` training rows lead its test, the real test's rows follow."""

    def write_view(self, out: Path) -> None:
        """Write the competition without labels and without columns that only training rows have."""


def find_layout(folder: Path, task: Task) -> Layout:
    """The adapter that fits the folder; raises DataError (IIML902) if none does."""
    from .one_table import OneTable, is_one_table

    if is_one_table(folder, task):
        return OneTable(folder, task)
    raise DataError(
        f"{task.train_file} and {task.test_file} are no tables that can be split into shadows",
        hint="Tables as CSV or TSV are supported.",
        code="IIML902",
    )
