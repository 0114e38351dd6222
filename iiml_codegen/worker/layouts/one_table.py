"""Layout: rows are those of two tables, or of one table and the sample submission.

Labels are columns of the training table or stand in a table of their own; lookups, histories and
media are parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..tables import Piece
from ..task import Task
from .label_table import LabelTable
from .parts import Part
from .renaming import Renewal, named_columns, renewals
from .rest import Rest
from .sample import Sample, row_ids
from .sides import joined, parts_of
from .split import Names, Positions, Side, Split, picked
from .tables import Table

if TYPE_CHECKING:
    import pandas as pd


class OneTable:
    """Adapter for competitions whose rows stand in tables; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        self.folder = folder
        self.task = task
        layout = task.layout
        self.train_table = Table(folder, task.train_file, layout.train_form)
        self.sample = Sample(folder, task)
        self.test_table = self._test_table()
        self.parts, self.label_table = parts_of(folder, task)
        self._refuse_missing_targets()
        self.train_rows = len(self.train_table.store)
        self.test_rows = len(self._test_places())
        self.rest = Rest(folder, self._handled(), task.hidden_columns, task.classes)
        self.renewals = renewals(self, named_columns(task), self._why_ids_stay())

    def train(self) -> pd.DataFrame:
        """The training table with what is joined to it."""
        return self._frames()[0]

    def test(self) -> pd.DataFrame:
        """The test table, or the sample without its answers, with what is joined to it."""
        return self._frames()[1]

    def labels(self) -> pd.DataFrame:
        """Targets as texts."""
        if self.label_table is not None:
            return self.label_table.labels(self)
        texts = self.train_table.texts(self.task.targets)
        if len(texts) != self.train_rows:
            raise DataError(
                f"{self.task.train_file} reads as {len(texts)} rows or as {self.train_rows}",
                hint="A quote is not closed, or lines end in two different ways.",
            )
        return texts

    def real_rows(self) -> Positions | None:
        """Tables list their rows in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """A column as text; None if that table lacks it."""
        if side == "train":
            known = column in self.train_table.store.columns
            return self.train_table.values(column) if known else None
        if column not in self.test_table.store.columns or column in self._answers():
            return None
        values = self.test_table.values(column)
        if not self.task.layout.test_from_sample:
            return values
        if column == self.task.sample_id_column:
            return row_ids(values, self.task.long)
        return picked(values, self._test_places())

    def write_view(self, out: Path) -> None:
        """The competition with only features in its training table, rows in their order."""
        hidden = set(self.task.hidden_columns)
        columns = [name for name in self.train_table.store.columns if name not in hidden]
        train, test = np.arange(self.train_rows), np.arange(self.test_rows)
        split = Split(train, train[:0], test)
        self._write_train(out, split, columns)
        self._write_test(out, split)
        for part in self.parts:
            part.write_view(out, self, split)
        self.rest.bring(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """Training table without the withheld rows, test table with them first, sample to match."""
        split = Split(kept, withheld, test)
        drawn = Renewal.draw(self.renewals, split, seed)
        split = Split(kept, withheld, test, drawn.names)
        self._write_train(out, split, None)
        self._write_test(out, split, drawn.unnamed)
        for part in self.parts:
            part.write_shadow(out, self, split)
        self.rest.bring(out)
        return np.concatenate([kept, withheld, self.train_rows + test])

    def permute_labels(self, copy: Path, rows: Positions, given: dict[int, int]) -> None:
        """Targets of the rows change places, wherever they stand."""
        store = self.train_table.store
        whole = np.arange(self.train_rows)
        replaced = {}
        for name in self.task.hidden_columns:
            if name in store.columns:
                values = store.texts(name)
                replaced[name] = [values[given.get(row, row)] for row in whole.tolist()]
        store.write(copy / self.task.train_file, [Piece(store, whole, replaced)])
        for part in self.parts:
            part.permute_labels(copy, self, given)

    def _test_table(self) -> Table:
        if not self.task.layout.test_from_sample:
            return Table(self.folder, self.task.test_file, self.task.layout.test_form)
        if self.sample.table is None:
            raise DataError(
                "the test rows should be those of the sample submission, and there is none",
                hint="Add a table of the ids that want an answer.",
                code="IIML902",
            )
        return self.sample.table
