"""Layout: one row for each series and one column for each date; rows are the cells with a value.

The sample submission asks for later dates as `<series><joint><date>`. Cells stand date by date, and
within a date as the table lists its series.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..tables import Piece
from ..task import Task
from .rest import Rest
from .sample import Sample
from .split import Positions, Side, picked, rotated
from .tables import Table

if TYPE_CHECKING:
    import pandas as pd


class WideSeries:
    """Adapter for tables with a column for each date; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        if task.layout.wide is None:
            raise DataError("the task does not say how dates stand in columns", code="IIML902")
        self.folder, self.task, self.wide = folder, task, task.layout.wide
        self.table = Table(folder, task.train_file, task.layout.train_form)
        self.table.refuse_missing([self.wide.key])
        self.sample = Sample(folder, task)
        self.dates = [name for name in self.table.columns if is_date(name)]
        self.others = [name for name in self.table.columns if not is_date(name)]
        if self.sample.table is None or not self.dates:
            raise DataError(f"{task.train_file} has no columns of dates", code="IIML902")
        handled = [task.train_file, task.sample_file]
        self.rest = Rest(folder, handled, task.targets, ())

    @cached_property
    def cells(self) -> tuple[Positions, Positions, list[str]]:
        """Of each training row its date and its series by number, and its value as text."""
        dates: list[int] = []
        series: list[int] = []
        values: list[str] = []
        for number, date in enumerate(self.dates):
            for place, value in enumerate(self.table.values(date)):
                if value.strip():
                    dates.append(number)
                    series.append(place)
                    values.append(value)
        return np.array(dates, np.int64), np.array(series, np.int64), values

    @cached_property
    def asked(self) -> tuple[list[str], list[str], list[str]]:
        """Of each test row its id, its series and its date."""
        assert self.sample.table is not None and self.task.sample_id_column is not None
        ids = self.sample.table.values(self.task.sample_id_column)
        parts = [text.rpartition(self.wide.joint) for text in ids]
        return ids, [part[0] for part in parts], [part[2] for part in parts]

    @property
    def train_rows(self) -> int:
        """How many cells have a value."""
        return len(self.cells[2])

    @property
    def test_rows(self) -> int:
        """How many cells are asked for."""
        return len(self.asked[0])

    def wholes(self, side: Side) -> Positions | None:
        """Each cell stands for itself."""
        return None

    def train(self) -> pd.DataFrame:
        """Cells with what is known of their series, their date, and their value."""
        import pandas as pd

        dates, series, _ = self.cells
        found = self.table.frame()[self.others].iloc[series].reset_index(drop=True)
        found[self.wide.time] = np.asarray(self.dates, object)[dates]
        name = self.task.targets[0]
        return found.assign(**{name: pd.to_numeric(self.labels()[name], errors="coerce")})

    def test(self) -> pd.DataFrame:
        """Cells that are asked for, with what is known of their series."""
        import pandas as pd

        ids, keys, dates = self.asked
        known = self.table.frame()[self.others]
        known = known.set_axis(pd.Index(self.table.values(self.wide.key), dtype=object))
        known = known[~known.index.duplicated()]
        found = known.reindex(keys).reset_index(drop=True)
        found.insert(0, str(self.task.sample_id_column), ids)
        return found.assign(**{self.wide.time: dates})

    def labels(self) -> pd.DataFrame:
        """Values as texts."""
        import pandas as pd

        return pd.DataFrame({self.task.targets[0]: pd.Series(self.cells[2], dtype=object)})

    def real_rows(self) -> Positions | None:
        """The real folder lists cells in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """Ids, series, dates, and what the table says of a series."""
        if side == "test":
            known = dict(zip(self._names(), self.asked, strict=True))
            return known.get(column)
        dates, series, _ = self.cells
        if column == self.wide.time:
            return picked(self.dates, dates)
        return picked(self.table.values(column), series) if column in self.others else None

    def write_view(self, out: Path) -> None:
        """All cells with a value hold a zero."""
        self._write(out, {}, np.arange(self.train_rows), usual="0")
        self.sample.write(out, self.sample.blank(self.test_rows), self.asked[0])
        self.rest.bring(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """The table with the kept cells alone; withheld ones are asked for first."""
        dates, series, _ = self.cells
        keys = self.table.values(self.wide.key)
        self._write(out, {}, kept)
        ids = [
            f"{keys[series[row]]}{self.wide.joint}{self.dates[dates[row]]}"
            for row in withheld.tolist()
        ]
        ids += picked(self.asked[0], test)
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        self.rest.bring(out)
        return np.concatenate([kept, withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """The same table with other cells asked for."""
        self._write(out, {}, np.arange(self.train_rows))
        self.sample.write(out, self.sample.blank(len(test)), picked(self.asked[0], test))
        self.rest.bring(out)

    def why_not_renamed(self) -> str:
        """An id is a series and a date."""
        return "ids are made of series and dates, which tell more than names"

    def is_renewed(self) -> bool:
        """Ids stay."""
        return False

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Values change places among the cells."""
        self._write(copy, rotated(rows, seed), np.arange(self.train_rows))

    def _names(self) -> tuple[str, str, str]:
        return str(self.task.sample_id_column), self.wide.key, self.wide.time

    def _write(
        self, out: Path, moved: dict[int, int], rows: Positions, usual: str | None = None
    ) -> None:
        """The table with the values of some cells; dates without any are left out."""
        dates, series, values = self.cells
        store = self.table.store
        told = {self.dates[number]: [""] * len(store) for number in np.unique(dates[rows])}
        for row in rows.tolist():
            value = values[moved.get(row, row)] if usual is None else usual
            told[self.dates[dates[row]]][series[row]] = value
        piece: Sequence[Piece] = [Piece(store, np.arange(len(store)), told)]
        columns = [name for name in store.columns if name in told or name in self.others]
        store.write(out / self.task.train_file, piece, columns)


def is_date(name: str) -> bool:
    """Whether a column is called by a date, as `2024-03-01`."""
    parts = name.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)
