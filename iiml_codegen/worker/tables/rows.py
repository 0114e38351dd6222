"""Rows of tables as pieces: which rows of which store make up a new table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]


class RowStore(Protocol):
    """A table whose rows can be written again, in its own form, without those withheld."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names as pandas reads them."""

    def __len__(self) -> int:
        """Number of rows."""

    def texts(self, column: str) -> list[str]:
        """Every cell of a column as text, "" where it is missing; raises DataError."""

    def write(
        self, out: Path, pieces: Sequence[Piece], columns: Sequence[str] | None = None
    ) -> None:
        """Write a table of this form with these columns, all of the store's if None."""


@dataclass(frozen=True)
class Piece:
    """Rows of a store, in the order given; `replaced` has new texts for whole columns.

    A column that the store lacks is empty.
    """

    store: RowStore
    rows: Positions
    replaced: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", np.asarray(self.rows, np.int64))

    def texts(self, column: str) -> list[str]:
        """The cells of one column in this piece, "" where they are missing."""
        if column in self.replaced:
            return [str(value) for value in self.replaced[column]]
        if column not in self.store.columns:
            return [""] * len(self.rows)
        cells = self.store.texts(column)
        return [cells[row] for row in self.rows.tolist()]
