"""Outputs of two preparations side by side: which columns differ, and in how many of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from os.path import isabs
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .leak_rows import Floats, Ints, beyond_noise
from .observation import as_numbers, columns_of, kind_of

MOST_COLUMNS = 3000
MEASURED = ("frame", "series", "array", "sparse")
PLACE = "a file"
WHOLE = ""
"""The name of a column that stands for a whole output."""


@dataclass(frozen=True)
class Moved:
    """A column of an output that is not what it was; `changed` of `rows` rows differ.

    `stays_elsewhere`: another output has a column of that name, which is what it was.
    """

    output: str
    column: str
    rows: int
    changed: int
    stays_elsewhere: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "output": self.output,
            "column": self.column,
            "rows": self.rows,
            "changed": self.changed,
            "stays_elsewhere": self.stays_elsewhere,
        }


def moved(before: dict[str, Any], after: dict[str, Any], rows: Ints, end: str) -> list[Moved]:
    """Columns that changed in the outputs whose names end with `end`.

    `rows` says which row of the first preparation each row of the second one is.
    """
    found: list[Moved] = []
    for output in sorted(name for name in before if name.endswith(end)):
        old, new = before[output], after.get(output)
        if kind_of(old) not in MEASURED or kind_of(new) not in MEASURED:
            continue
        if len_of(new) != len(rows) or (len(rows) and rows.max() >= len_of(old)):
            continue
        found += moved_columns(output, old, new, rows)
    return list(map(partial(with_others, before, found, end), found))


def with_others(before: dict[str, Any], found: list[Moved], end: str, one: Moved) -> Moved:
    """A moved column that knows whether its namesake in another view stays."""
    moving = {(other.output, other.column) for other in found}
    others = [
        name
        for name, value in before.items()
        if name.endswith(end) and kind_of(value) == "frame" and one.column in value.columns
    ]
    stays = any((name, one.column) not in moving for name in others)
    return replace(one, stays_elsewhere=stays)


def same_bits(before: dict[str, Any], after: dict[str, Any], rows: Ints) -> bool:
    """Whether train's outputs, and test's of the same rows, are equal to the last bit."""
    for output, old in before.items():
        new = after.get(output)
        if kind_of(old) not in MEASURED or kind_of(new) not in MEASURED:
            return False
        first, second = cells(old), cells(new)
        if output.endswith("_test"):
            first = [column[rows] for column in first]
        if len(first) != len(second) or not all(map(equal, first, second)):
            return False
    return True


def cells(value: Any) -> list[npt.NDArray[Any]]:
    """Each column as numbers, else as texts; those of a sparse table as one."""
    if sparse.issparse(value):
        return [dense(value)]
    found: list[npt.NDArray[Any]] = []
    for _, column in columns_of(value):
        numbers = as_numbers(column)
        found.append(texts_of(column) if numbers is None else numbers)
    return found


def equal(before: npt.NDArray[Any], after: npt.NDArray[Any]) -> bool:
    """Whether two columns are equal to the last bit."""
    if before.dtype == object or after.dtype == object:
        return np.array_equal(before, after)
    return np.array_equal(before, after, equal_nan=True)


def moved_columns(output: str, old: Any, new: Any, rows: Ints) -> list[Moved]:
    """The columns of one output that changed; tables without names count as one."""
    if kind_of(old) == "series" == kind_of(new):
        changed = changed_cells(old, new, rows)
        return [Moved(output, WHOLE, len(rows), changed)] if changed else []
    if kind_of(old) != "frame" or old.shape[1] > MOST_COLUMNS:
        changed = changed_rows(old, new, rows)
        return [Moved(output, WHOLE, len(rows), changed)] if changed else []
    fresh, found = dict(columns_of(new)), []
    for name, column in columns_of(old):
        other = fresh.get(name)
        changed = len(rows) if other is None else changed_cells(column, other, rows)
        if changed:
            found.append(Moved(output, name, len(rows), changed))
    return found


def changed_rows(old: Any, new: Any, rows: Ints) -> int:
    """How many rows of an unnamed table differ; all of them where their widths do."""
    before, after = dense(old), dense(new)
    if before.shape[1] != after.shape[1]:
        return len(rows)
    return int(beyond_noise(before[rows], after).any(axis=1).sum())


def changed_cells(old: Any, new: Any, rows: Ints) -> int:
    """How many cells of one column differ."""
    before, after = as_numbers(old), as_numbers(new)
    if before is not None and after is not None:
        wide = beyond_noise(before[rows].reshape(-1, 1), after.reshape(-1, 1))
        return int(wide.sum())
    first, second = texts_of(old)[rows], texts_of(new)
    return int((first != second).sum())


def texts_of(column: Any) -> npt.NDArray[np.object_]:
    """Values as text; gaps are equal to each other, and so are places of files.

    Files have another name in each variant, so that their places say nothing.
    """
    values = pd.Series(column).astype(object)
    texts = values.where(values.notna(), None).map(str)
    return texts.map(lambda text: PLACE if isabs(text) else text).to_numpy(dtype=object)


def dense(value: Any) -> Floats:
    """Any measured output as numbers; categories and texts as their codes."""
    if sparse.issparse(value):
        return np.asarray(value.toarray(), np.float64)
    columns = [numbers_of(column) for _, column in columns_of(value)]
    return np.stack(columns, axis=1) if columns else np.zeros((len_of(value), 0))


def numbers_of(column: Any) -> Floats:
    """A column as numbers; what is no number gets the code of its value."""
    numbers = as_numbers(column)
    if numbers is not None:
        return numbers
    codes, _ = pd.factorize(pd.Series(column).astype(object), sort=False)
    return np.asarray(codes, np.float64)


def len_of(value: Any) -> int:
    """Rows of a measured output."""
    return int(value.shape[0]) if getattr(value, "shape", None) else -1
