"""One column of both tables together, with the counts that several measures need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .dates import date_format
from .number_forms import NumberForm, number_form, parsed
from .reading import Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """Values of one column: `train` and `test` are empty where a table lacks it, or its values.

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
        return self.both.dropna() if self.both.isna().any() else self.both

    @cached_property
    def kind(self) -> Kind:
        """Sort of values over both tables."""
        return kind_of(self.both)

    @cached_property
    def coded(self) -> tuple[npt.NDArray[np.int64], Any]:
        """Each value of `both` as a code, -1 where it is missing, and what they stand for.

        Of anything but numbers only how many there are.
        """
        import pandas as pd

        codes, values = pd.factorize(self.both)
        kept = values if self.kind in ("int", "float") else np.zeros(len(values), np.bool_)
        return np.asarray(codes, np.int64), kept

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each code occurs."""
        codes = self.coded[0]
        return np.bincount(codes[codes >= 0], minlength=self.distinct).astype(np.int64)

    @property
    def distinct(self) -> int:
        """Number of different values over both tables."""
        return len(self.coded[1])

    @cached_property
    def seen(self) -> npt.NDArray[np.bool_]:
        """For each test row with a value whether a training row has it too."""
        codes, rows = self.coded[0], len(self.train)
        known = np.zeros(self.distinct + 1, np.bool_)
        known[codes[:rows]] = True
        later = codes[rows:]
        return known[later[later >= 0]]

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
        levels = np.asarray(self.coded[1], np.float64)
        order = np.argsort(levels, kind="stable")
        return levels[order], self.counts[order]

    def missing(self, values: pd.Series) -> float:
        """Share of missing values."""
        return float(values.isna().mean()) if len(values) else 0.0

    def part(self, train: Rows, test: Rows) -> Column:
        """The same column in some rows of both tables."""
        return replace(
            self,
            train=self.train.iloc[train] if self.in_train else self.train,
            test=self.test.iloc[test] if self.in_test else self.test,
        )


def columns_of(train: pd.DataFrame, test: pd.DataFrame) -> Iterator[Column]:
    """Columns of both tables, in the order of train, then those that only the test has.

    One after the other: what a column knows of itself takes a multiple of its values' memory.
    """
    empty = train.iloc[:0, 0]
    names = [*train.columns, *test.columns.difference(train.columns, sort=False)]
    for name in names:
        in_train, in_test = name in train, name in test
        first = train[name] if in_train else empty
        column = Column(str(name), first, test[name] if in_test else empty, in_train, in_test)
        yield where_it_speaks(as_found(column))


def where_it_speaks(column: Column) -> Column:
    """The column without the side in which it has no value, where the other has some.

    What only training rows have is no feature, even if withheld rows look as if the test had it.
    """
    train, test = (bool(values.notna().any()) for values in (column.train, column.test))
    if train == test:
        return column
    if train:
        return replace(column, test=column.test.iloc[:0], in_test=False)
    return replace(column, train=column.train.iloc[:0], in_train=False)


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
