"""Layout: rows are those of two tables, or of one table and the sample submission.

Labels are columns of the training table or stand in a table of their own; lookups, histories and
media are parts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .. import targets
from ..errors import DataError
from ..label_cells import labels_apart
from ..tables import Piece
from ..task import Task
from .related_tables import KeyedTable
from .renaming import Renewal, draw, exchanged, named_columns, renewals
from .rest import Rest, columns_of
from .sample import Sample, row_ids
from .sides import joined, parts_of
from .split import Names, Positions, Side, Split, picked, rotated
from .stacked_tables import training_table
from .tables import Table

if TYPE_CHECKING:
    import pandas as pd


class OneTable:
    """Adapter for competitions whose rows stand in tables; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        self.folder = folder
        self.task = task
        self.train_table = training_table(folder, task)
        self.sample = Sample(folder, task)
        self.test_table = self._test_table()
        self.parts, self.label_table = parts_of(folder, task)
        self._refuse_missing_targets()
        if task.layout.drop_unlabelled:
            self.labelled = self._labelled()
        self.rest = Rest(folder, self._handled(), task.hidden_columns, task.classes)

    @cached_property
    def labelled(self) -> Positions:
        """Where the training rows stand in their table."""
        return np.arange(len(self.train_table))

    @cached_property
    def train_rows(self) -> int:
        """How many training rows there are."""
        return len(self.labelled)

    @cached_property
    def test_rows(self) -> int:
        """How many test rows there are."""
        return len(self._test_places())

    @cached_property
    def renewals(self) -> list[Renewal]:
        """The columns whose values are drawn anew in every shadow."""
        return renewals(self, self.task, self._why_names_stay())[0]

    def wholes(self, side: Side) -> Positions | None:
        """Each row stands for itself."""
        return None

    def train(self) -> pd.DataFrame:
        """The training table with what is joined to it."""
        return self._frames()[0] if self.parts else self._train_frame()

    def test(self) -> pd.DataFrame:
        """The test table, or the sample without its answers, with what is joined to it."""
        return self._frames()[1] if self.parts else self._test_frame()

    def labels(self) -> pd.DataFrame:
        """Targets as texts."""
        if self.label_table is not None:
            return self.label_table.labels(self)
        texts = self._told()
        if not self.task.layout.drop_unlabelled:
            return texts
        return texts.iloc[self.labelled].reset_index(drop=True)

    def real_rows(self) -> Positions | None:
        """Tables list their rows in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """A column as text; None if that table lacks it, and no lookup has it for files."""
        found = self._own_texts(side, column)
        if found is None and column in {media.column for media in self.task.layout.media}:
            tables = [part for part in self.parts if isinstance(part, KeyedTable)]
            told = (table.told(self, side, column) for table in tables)
            return next((values for values in told if values is not None), None)
        return found

    def _own_texts(self, side: Side, column: str) -> list[str] | None:
        if side == "train":
            known = column in (*self.train_table.columns, *self.train_table.told)
            return picked(self.train_table.values(column), self.labelled) if known else None
        if self.task.layout.test_from_sample and column == self.task.id_column:
            column = self.task.sample_id_column or column
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
        columns = [name for name in self.train_table.columns if name not in hidden]
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
        drawn = draw(self.renewals, self.task, split, seed)
        split = Split(kept, withheld, test, drawn.names)
        self._write_train(out, split, None)
        self._write_test(out, split, drawn.unnamed)
        for part in self.parts:
            part.write_shadow(out, self, split)
        self.rest.bring(out)
        return np.concatenate([kept, withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """The same tables with other test rows."""
        train = np.arange(self.train_rows)
        names = exchanged(self, self.task.id_column, seed) if renamed else Names()
        split = Split(train, train[:0], test, names)
        self._write_train(out, split, None)
        self._write_test(out, split)
        for part in self.parts:
            part.write_shadow(out, self, split)
        self.rest.bring(out)

    def why_not_renamed(self) -> str:
        """Other tables and folders may know the names; a date is more than a name."""
        column = self.task.id_column
        if column is None:
            return "rows have no id"
        if any(column in one.keys and len(one.keys) > 1 for one in self.task.layout.related):
            return "a table is found by several names"
        return self._why_names_stay().get(column, "")

    def is_renewed(self) -> bool:
        """Ids without structure are."""
        return any(one.column == self.task.id_column for one in self.renewals)

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Targets of the rows change places, wherever they stand."""
        given = rotated(rows, seed)
        places = self.labelled
        moved = {int(places[row]): int(places[other]) for row, other in given.items()}
        self.train_table.exchange(copy, moved, self.task.hidden_columns)
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

    def _refuse_missing_targets(self) -> None:
        """The targets stand in the training table or in a table of labels."""
        cell = self.task.layout.label_cell
        if self.label_table is None:
            self.train_table.refuse_missing([cell.column] if cell else self.task.targets)

    def _labelled(self) -> Positions:
        """Where rows with all answers stand in the training table."""
        known = ~np.isnan(targets.encode(self.labels(), self.task))
        return np.flatnonzero(known.reshape(len(known), -1).all(axis=1))

    def _told(self) -> pd.DataFrame:
        """The targets of all rows of the training table as texts."""
        cell = self.task.layout.label_cell
        if self.task.layout.source is not None:
            return self.train_table.written(self.task.targets)
        if cell is None:
            return self.train_table.texts(self.task.targets)
        return labels_apart(self.train_table.texts([cell.column])[cell.column], cell)

    def _handled(self) -> list[str]:
        parts = self.task.layout.train_parts.values()
        files = [self.task.train_file, *parts, self.task.test_file, self.task.sample_file]
        own = [file for file in files if file]
        return [*own, *(name for part in self.parts for name in part.handled(self))]

    def _answers(self) -> tuple[str, ...]:
        """Columns of the sample that are no columns of the test."""
        if not self.task.layout.test_from_sample:
            return ()
        kept = (self.task.sample_id_column, *self.task.copied_columns)
        return tuple(name for name in self.test_table.store.columns if name not in kept)

    def _test_places(self) -> Positions:
        """Where each test row stands in its table; in a long sample each row once."""
        count, long = len(self.test_table.store), self.task.long
        if not self.task.layout.test_from_sample or long is None:
            return np.arange(count)
        each = len(long.names)
        return np.arange(count // each) if long.by_target else np.arange(0, count, each)

    def _train_frame(self) -> pd.DataFrame:
        train = self.train_table.frame()
        if self.task.layout.label_cell is not None:
            told = self._told()
            train = train.join(told.astype(np.float64 if told.isna().any(axis=None) else np.int64))
        if not self.task.layout.drop_unlabelled:
            return train
        return train.iloc[self.labelled].reset_index(drop=True)

    def _test_frame(self) -> pd.DataFrame:
        test = self.test_table.frame()
        if self.task.layout.test_from_sample:
            test = test.iloc[self._test_places()].drop(columns=list(self._answers()))
            name, sample_name = self.task.id_column, self.task.sample_id_column
            if self.task.long is not None and name is not None and sample_name is not None:
                ids = self.texts("test", name)
                test = test.drop(columns=[sample_name]).assign(**{name: ids})
        return test.reset_index(drop=True)

    def _frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return joined(self._train_frame(), self._test_frame(), self.parts, self)

    def _why_names_stay(self) -> dict[str, str]:
        """Reasons outside of the names themselves: tables and folders that know them."""
        found: dict[str, str] = {}
        tables = {path.name: set(columns_of(path) or ()) for path in self.rest.tables()}
        brought = {n: c for n, c in tables.items() if not c & set(self.task.hidden_columns)}
        stems = self._names_in_folders()
        for column in named_columns(self.task):
            others = [name for name, columns in brought.items() if column in columns]
            values = self.texts("train", column) or []
            values = values + (self.texts("test", column) or [])
            if self._own_texts("train", column) is None and self.texts("train", column) is not None:
                found[column] = "a lookup calls files so"
            elif others:
                found[column] = f"{min(others)} has the column {column!r} too"
            elif stems & set(values[:20]) and len(set(values)) == len(values):
                found[column] = "files are named by them"
        return found

    def _names_in_folders(self) -> set[str]:
        """Names of what lies in folders that no part handles, with and without suffix."""
        names = {name for folder in self.rest.folders() for name in os.listdir(folder)}
        return names | {name.rpartition(".")[0] for name in names}

    def _write_train(self, out: Path, split: Split, columns: Sequence[str] | None) -> None:
        cells = self._renamed(split, "train", split.kept)
        self.train_table.write(out, self.labelled[split.kept], cells, columns)

    def _write_test(self, out: Path, split: Split, unnamed: Sequence[str] | None = None) -> None:
        """The test table, withheld rows first, and the sample to match."""
        cells = self._renamed(split, "train", split.withheld, withheld=True)
        if unnamed is not None and self.task.id_column is not None:
            cells = {**cells, self.task.id_column: list(unnamed)}
        own = self._renamed(split, "test", split.test)
        places = self._test_places()[split.test]
        if self.task.long is not None and self.task.layout.test_from_sample:
            name = str(self.task.id_column)
            own = own or {name: picked(self.texts("test", name) or [], split.test)}
        pieces = [
            *self.train_table.pieces(self.labelled[split.withheld], cells),
            Piece(self.test_table.store, places, own),
        ]
        if not self.task.layout.test_from_sample:
            self.test_table.store.write(out / self.task.test_file, pieces)
        self.sample.write(out, pieces, self._ids_of(pieces))

    def _renamed(
        self, split: Split, side: Side, rows: Positions, *, withheld: bool = False
    ) -> dict[str, list[str]]:
        """New values of the columns that are renewed, for some rows of a side."""
        renamed = {}
        for column in named_columns(self.task):
            values = self.texts(side, column) if split.names.renews(column) else None
            if values is not None:
                old = picked(values, rows)
                renamed[column] = [
                    split.names.of(column, side, value, withheld=withheld) for value in old
                ]
        return renamed

    def _ids_of(self, pieces: Sequence[Piece]) -> list[str] | None:
        """The ids of test rows as the sample spells them; None where there are none."""
        name = self.task.id_column
        if name is None or self.task.sample_id_column is None:
            return None
        if self.texts("test", name) is None:
            return None
        return [value for piece in pieces for value in piece.texts(name)]
