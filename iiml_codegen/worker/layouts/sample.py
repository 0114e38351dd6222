"""The sample submission of a shadow: its columns and its usual answer for other rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..tables import Piece
from ..task import LongForm, Task
from .tables import Table

if TYPE_CHECKING:
    from . import Layout


class Sample:
    """The sample submission of a competition; `exists` is False where there is none."""

    def __init__(self, folder: Path, task: Task) -> None:
        self.task = task
        self.exists = bool(task.sample_file) and (folder / task.sample_file).is_file()
        self.table = Table(folder, task.sample_file, task.sample_form) if self.exists else None
        self.answers: dict[str, str] = {}

    def write(self, out: Path, pieces: Sequence[Piece], ids: Sequence[str] | None) -> None:
        """Write it for test rows: `pieces` are their rows where they stand in tables.

        `ids` are what its id column holds; None where rows are known by their place.
        """
        if self.table is None:
            return
        count = sum(len(piece.rows) for piece in pieces)
        if ids is None and self.task.sample_id_column is not None:
            ids = self._numbered(count)
        if self.task.long is not None and ids is not None:
            ids = long_ids(ids, self.task.long)
            pieces = [self._blank(len(ids))]
        written, start = [], 0
        for piece in pieces:
            own = None if ids is None else ids[start : start + len(piece.rows)]
            written.append(Piece(piece.store, piece.rows, self._replaced(piece, own)))
            start += len(piece.rows)
        self.table.store.write(out / self.task.sample_file, written)

    def blank(self, count: int) -> list[Piece]:
        """Rows that stand in no table."""
        return [self._blank(count)] if self.table is not None else []

    def _blank(self, count: int) -> Piece:
        assert self.table is not None
        store = self.table.store
        return Piece(store, np.zeros(count if len(store) else 0, np.int64))

    def _replaced(self, piece: Piece, ids: Sequence[str] | None) -> dict[str, Sequence[str]]:
        """The cells of one piece that are not its store's own."""
        assert self.table is not None
        replaced: dict[str, Sequence[str]] = {}
        for name in self.table.store.columns:
            if name == self.task.sample_id_column and ids is not None:
                replaced[name] = ids
            elif name in self.task.copied_columns and name in piece.replaced:
                replaced[name] = piece.replaced[name]
            elif name not in self.task.copied_columns or name not in piece.store.columns:
                replaced[name] = [self._usual(name)] * len(piece.rows)
        return replaced

    def _usual(self, name: str) -> str:
        """The usual answer in one column, counted once."""
        if name not in self.answers and self.table is not None:
            self.answers[name] = usual(self.table.values(name))
        return self.answers[name]

    def _numbered(self, count: int) -> list[str] | None:
        """Numbers in a row where the sample counts its rows; None where it does not."""
        assert self.table is not None and self.task.sample_id_column is not None
        old = self.table.values(self.task.sample_id_column)
        if not old or not old[0].isdecimal():
            return None
        first = int(old[0])
        if old != [str(first + place) for place in range(len(old))]:
            return None
        return [str(first + place) for place in range(count)]


def rows_asked(layout: Layout, task: Task) -> int:
    """How many rows a submission has: the test's, times targets; of masks and of series its own."""
    if task.layout.masks is not None:
        return len(layout.texts("test", task.id_column or "") or ())
    if task.layout.wide is not None and task.layout.wide.blocks:
        return len(layout.texts("test", task.sample_id_column or "") or ())
    return layout.test_rows * (len(task.long.names) if task.long else 1)


def usual(values: Sequence[str]) -> str:
    """The most frequent value; the first of equals."""
    return Counter(values).most_common(1)[0][0] if values else ""


def long_ids(ids: Sequence[str], form: LongForm) -> list[str]:
    """The ids of a long submission: one for each target of each row."""
    if form.by_target:
        return [long_id(one, name, form) for name in form.names for one in ids]
    return [long_id(one, name, form) for one in ids for name in form.names]


def long_id(row: str, target: str, form: LongForm) -> str:
    """One id made of a row's id and a target's name."""
    if form.factor:
        return str(int(row) * form.factor + int(target))
    return form.template.replace("{id}", row).replace("{target}", target)


def row_ids(ids: Sequence[str], form: LongForm | None) -> list[str]:
    """The ids of rows behind the ids of a submission, each row once."""
    if form is None:
        return list(ids)
    count = len(ids) // len(form.names)
    first = ids[:count] if form.by_target else ids[:: len(form.names)]
    name = form.names[0]
    if form.factor:
        return [str((int(one) - int(name)) // form.factor) for one in first]
    before, after = form.template.replace("{target}", name).split("{id}")
    return [one[len(before) : len(one) - len(after)] for one in first]
