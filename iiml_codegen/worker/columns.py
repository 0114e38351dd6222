"""One column of both tables together, with the counts that several measures need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .reading import Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """Values of one column: `train` and `test` are empty where a table lacks it."""

    name: str
    train: pd.Series
    test: pd.Series
    in_train: bool
    in_test: bool

    @cached_property
    def both(self) -> pd.Series:
        """Training rows, then test rows."""
        import pandas as pd

        if not (self.in_train and self.in_test):
            return self.train if self.in_train else self.test
        return pd.concat([self.train, self.test], ignore_index=True)

    @cached_property
    def present(self) -> pd.Series:
        """All values that are there."""
        return self.both.dropna()

    @cached_property
    def kind(self) -> Kind:
        """Sort of values over both tables."""
        return kind_of(self.both)

    @cached_property
    def distinct(self) -> int:
        """Number of different values over both tables."""
        return int(self.present.nunique())

    @cached_property
    def is_whole(self) -> bool:
        """True if all numbers are whole, stored as int or not."""
        return self.kind == "int" or (
            self.kind == "float" and len(self.present) > 0 and bool((self.present % 1 == 0).all())
        )

    @cached_property
    def text(self) -> pd.Series:
        """Present values as strings."""
        return self.present.astype(str)

    @cached_property
    def levels(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Distinct numbers in order of size, and how often each occurs."""
        counts = self.present.value_counts().sort_index()
        levels = np.asarray(counts.index.to_numpy(), np.float64)
        return levels, np.asarray(counts.to_numpy(), np.int64)

    def missing(self, values: pd.Series) -> float:
        """Share of missing values."""
        return float(values.isna().mean()) if len(values) else 0.0


def columns_of(train: pd.DataFrame, test: pd.DataFrame) -> list[Column]:
    """Columns of both tables, in the order of train, then those that only the test has."""
    empty = train.iloc[:0, 0]
    names = [*train.columns, *(name for name in test.columns if name not in train.columns)]
    return [
        Column(
            str(name),
            train.get(name, empty),
            test.get(name, empty),
            name in train,
            name in test,
        )
        for name in names
    ]
