"""Layout: one row for each series and one column for each step; rows are the cells with a value.

Cells stand step by step, and within a step as the table lists its series. What is asked for stands
as the sample submission lists it; what the table knows already is no row.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..tables import Piece
from ..task import Task
from .related_tables import KeyedTable
from .rest import Rest
from .sides import parts_of
from .split import Positions, Side, Split, picked, rotated
from .tables import Table
from .wide_asked import NUMBER, Asked, Known, Texts, WideSample
from .wide_lookups import Lookups

if TYPE_CHECKING:
    import pandas as pd


class WideSeries:
    """Adapter for tables with a column for each step; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        if task.layout.wide is None:
            raise DataError("the task does not say how steps stand in columns", code="IIML902")
        self.folder, self.task, self.wide = folder, task, task.layout.wide
        self.table = Table(folder, task.train_file, task.layout.train_form)
        self.table.refuse_missing([self.wide.key])
        self.sample = WideSample(folder, task, self.wide)
        called = re.compile(self.wide.called)
        self.steps = [name for name in self.table.columns if called.fullmatch(name)]
        self.others = [name for name in self.table.columns if not called.fullmatch(name)]
        self.steps = self.steps[-self.wide.last :]
        if not self.steps:
            raise DataError(f"{task.train_file} has no columns of steps", code="IIML902")
        self.parts = parts_of(folder, task)[0]
        names = [self.wide.names.file] if self.wide.names else []
        handled = [task.train_file, task.sample_file, *self.wide.shorter, *names]
        handled += [file for part in self.parts for file in part.handled(self)]
        self.rest = Rest(folder, handled, task.targets, ())

    @cached_property
    def series(self) -> list[str]:
        """What each series is called in the rows."""
        return [name.removesuffix(self.wide.suffix) for name in self.table.values(self.wide.key)]

    @cached_property
    def cells(self) -> tuple[Positions, Positions, Texts]:
        """Of each training row its step and its series by number, and its value as text."""
        import pandas as pd

        texts = self.table.texts(self.steps).to_numpy(object).T.ravel()
        codes, values = pd.factorize(texts)
        told = np.array([*(bool(str(value).strip()) for value in values), False])
        known = np.flatnonzero(told[codes])
        steps, series = np.divmod(known, len(self.series))
        return steps, series, np.asarray(values, object)[codes[known]]

    @cached_property
    def asked(self) -> Asked:
        """What the sample asks for."""
        steps, series, _ = self.cells
        cells = np.zeros((len(self.series), len(self.steps)), np.bool_)
        cells[series, steps] = True
        first = {name: place for place, name in reversed(list(enumerate(self.series)))}
        return self.sample.asked(Known(first, {s: i for i, s in enumerate(self.steps)}, cells))

    @property
    def train_rows(self) -> int:
        """How many cells have a value."""
        return len(self.cells[2])

    @property
    def test_rows(self) -> int:
        """How many cells are asked for."""
        return len(self.asked.ids)

    def wholes(self, side: Side) -> Positions | None:
        """Each cell stands for itself."""
        return None

    def train(self) -> pd.DataFrame:
        """Cells with what is known of their series and their step, and their value."""
        import pandas as pd

        values = pd.to_numeric(self.labels()[self.task.targets[0]], errors="coerce")
        return self._rows("train").assign(**{self.task.targets[0]: values})

    def test(self) -> pd.DataFrame:
        """Cells that are asked for, with what is known of their series and their step."""
        return self._rows("test")

    def _rows(self, side: Side) -> pd.DataFrame:
        import pandas as pd

        known = self.table.frame()[self.others].rename(columns={self.wide.key: self.wide.series})
        at = self._series_of(side)
        found = known.reindex(pd.Index(at)).reset_index(drop=True)
        found[self.wide.series] = self._own(side, self.wide.series)
        times = pd.Series(self._own(side, self.wide.time))
        found[self.wide.time] = pd.to_numeric(times) if self.wide.counted else times
        name = self.task.sample_id_column
        if side == "test" and name is not None and not self.wide.blocks:
            found.insert(0, name, self.asked.ids)
        return self.lookups[side].joined(found)

    @cached_property
    def lookups(self) -> dict[Side, Lookups]:
        """What tables add to each side."""
        keyed = [part for part in self.parts if isinstance(part, KeyedTable)]
        return {
            "train": Lookups(keyed, lambda name: self._own("train", name)),
            "test": Lookups(keyed, lambda name: self._own("test", name)),
        }

    def _series_of(self, side: Side) -> Positions:
        """The row of the table that tells each row's series; -1 where none does."""
        if side == "train":
            return self.cells[1]
        first = {name: place for place, name in reversed(list(enumerate(self.series)))}
        return np.array([first.get(name, -1) for name in self.asked.series], np.int64)

    def _own(self, side: Side, column: str) -> Texts | None:
        """A column that the table or the sample tells, as texts."""
        train, wide = side == "train", self.wide
        if column == wide.time:
            names = self.steps if train else self.asked.steps
            told = np.array([self._moment(name) for name in names], object)
            return told[self.cells[0]] if train else told
        if column == wide.series and not train:
            return np.array(self.asked.series, object)
        if column == self.task.sample_id_column and not train and not wide.blocks:
            return np.array(self.asked.ids, object)
        own = wide.key if column == wide.series else column
        if own not in self.others or column == wide.key != wide.series:
            return None
        values = self.series if own == wide.key else self.table.values(own)
        return np.array([*values, ""], object)[self._series_of(side)]

    def _moment(self, step: str) -> str:
        """What rows call a step."""
        found = NUMBER.search(step) if self.wide.counted else None
        return found.group() if found else step

    def labels(self) -> pd.DataFrame:
        """Values as texts."""
        import pandas as pd

        return pd.DataFrame({self.task.targets[0]: pd.Series(self.cells[2], dtype=object)})

    def real_rows(self) -> Positions | None:
        """The real folder lists cells in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """What is known of rows as texts; where steps are columns, ids are those of the sample."""
        if self.wide.blocks and side == "test" and column == self.task.sample_id_column:
            return self.sample.ids
        found = self.lookups[side].column(column)
        return None if found is None else found.tolist()

    def write_view(self, out: Path) -> None:
        """All cells with a value hold a zero."""
        train, test = np.arange(self.train_rows), np.arange(self.test_rows)
        self._write(out, train, usual="0")
        self.sample.write(out, [], self.asked)
        for part in self.parts:
            part.write_view(out, self, Split(train, train[:0], test))
        self.rest.bring(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """The table with the kept cells alone; withheld ones are asked for first."""
        steps, series, _ = self.cells
        self._write(out, kept)
        asked = [
            (self.series[at], self.steps[step])
            for at, step in zip(series[withheld].tolist(), steps[withheld].tolist(), strict=True)
        ]
        self.sample.write(out, asked, self._some(test))
        for part in self.parts:
            part.write_shadow(out, self, Split(kept, withheld, test))
        self.rest.bring(out)
        return np.concatenate([kept, withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """The same table with other cells asked for."""
        train = np.arange(self.train_rows)
        self._write(out, train)
        self.sample.write(out, [], self._some(test))
        for part in self.parts:
            part.write_shadow(out, self, Split(train, train[:0], test))
        self.rest.bring(out)

    def _some(self, test: Positions) -> Asked:
        """Some of the test rows."""
        asked = self.asked
        ids, series, steps = (picked(one, test) for one in (asked.ids, asked.series, asked.steps))
        return Asked(ids, series, steps, asked.places[test])

    def why_not_renamed(self) -> str:
        """An id is a series and a step."""
        return "ids are made of series and steps, which tell more than names"

    def is_renewed(self) -> bool:
        """Ids stay."""
        return False

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Values change places among the cells."""
        source = np.arange(self.train_rows)
        moved = rotated(rows, seed)
        source[list(moved)] = list(moved.values())
        self._write(copy, np.arange(self.train_rows), source)

    def _write(
        self, out: Path, rows: Positions, source: Positions | None = None, usual: str | None = None
    ) -> None:
        """The table with the values of some cells, or of others; steps without any are left out."""
        steps, series, values = self.cells
        store = self.table.store
        table = np.full((len(self.steps), len(store)), "", object)
        taken = values[rows if source is None else source[rows]]
        table[steps[rows], series[rows]] = taken if usual is None else usual
        told = {self.steps[step]: table[step].tolist() for step in np.unique(steps[rows])}
        columns = [name for name in store.columns if name in told or name in self.others]
        piece = Piece(store, np.arange(len(store)), told)
        store.write(out / self.task.train_file, [piece], columns)
