"""What belongs to the rows of a competition beside the rows themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .split import Side, Split

if TYPE_CHECKING:
    import pandas as pd


class Rows(Protocol):
    """The rows of both sides, as far as parts need to know them."""

    @property
    def train_rows(self) -> int:
        """How many training rows there are."""

    @property
    def test_rows(self) -> int:
        """How many test rows there are."""

    def texts(self, side: Side, column: str) -> list[str] | None:
        """A column as text, in canonical order; None if that side lacks it."""


class Part(Protocol):
    """Labels in a table of their own, lookups, histories, or media."""

    def handled(self, rows: Rows) -> tuple[str, ...]:
        """Files, folders and patterns that nobody else may bring into a shadow."""

    def joined(
        self, train: pd.DataFrame, test: pd.DataFrame, rows: Rows
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both frames with the columns that this part adds."""

    def write_view(self, out: Path, rows: Rows, split: Split) -> None:
        """Write what belongs to all rows, without labels; `split` keeps and tests every row."""

    def write_shadow(self, out: Path, rows: Rows, split: Split) -> None:
        """Write what belongs to the rows of a shadow."""

    def permute_labels(self, copy: Path, rows: Rows, given: dict[int, int]) -> None:
        """In a copy of the real folder each training row of `given` gets another one's labels."""


def keys_of(rows: Rows, side: Side, columns: tuple[str, ...]) -> list[tuple[str, ...]] | None:
    """The keys of a side's rows; None if it lacks a column."""
    values = [rows.texts(side, name) for name in columns]
    if any(column is None for column in values):
        return None
    return list(zip(*(column for column in values if column is not None), strict=True))
