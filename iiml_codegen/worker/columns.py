"""One column of both tables together, with the counts that several measures need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .dates import date_format
from .number_forms import NumberForm, number_form, parsed
from .reading import Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """Values of one column: `train` and `test` are empty where a table lacks it.

    `number_form` says how numbers were written that stood there as texts.
    """

    name: str
    train: pd.Series
    test: pd.Series
    in_train: bool
    in_test: bool
    number_form: NumberForm | None = None

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
        as_found(
            Column(
                str(name),
                train.get(name, empty),
                test.get(name, empty),
                name in train,
                name in test,
            )
        )
        for name in names
    ]


def as_found(column: Column) -> Column:
    """The column, with numbers that are written as texts read as numbers."""
    if column.kind != "string":
        return column
    form = number_form(column.both)
    if form is None or date_format(column.present) is not None:
        return column
    train, test = (numbers_in(values, form) for values in (column.train, column.test))
    return replace(column, train=train, test=test, number_form=form)


def numbers_in(values: pd.Series, form: NumberForm) -> pd.Series:
    """Texts as numbers, under the same name and index."""
    import pandas as pd

    numbers = parsed(values, form)
    whole = len(numbers) > 0 and bool(np.isfinite(numbers).all() and (numbers % 1 == 0).all())
    found = numbers.astype(np.int64) if whole and np.abs(numbers).max() < 2**53 else numbers
    return pd.Series(found, index=values.index, name=values.name)
