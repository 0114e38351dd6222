"""The tables of a layout: read in the form that the task states, joined by keys as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..plan import TableForm
from ..tables import (
    Piece,
    RowStore,
    column_names,
    form_of,
    partitions,
    read_frame,
    read_texts,
    read_written,
    row_store,
)
from ..tables.cells import frame_texts
from ..tables.frame_rows import FrameRows
from ..task import existing
from .split import Positions

if TYPE_CHECKING:
    import pandas as pd

Keys = list[tuple[str, ...]]


class Table:
    """One table of the competition; each way of reading it is taken once.

    `told` are columns with one value in all rows, which stand in no file.
    """

    def __init__(
        self, folder: Path, file: str, form: TableForm, told: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.file = file
        self.told = told or {}
        self.path = existing(folder, file)
        self.form = form if form != TableForm() else form_of(self.path)
        self._store: RowStore | None = None
        self._values: dict[str, list[str]] = {}
        self._columns: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.store)

    @property
    def store(self) -> RowStore:
        """The rows for slicing."""
        if self._store is None:
            self._store = row_store(self.path, self.form)
        return self._store

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, for which no row has to be read."""
        if self.form.partitions:
            return (*self.files()[0].columns, *self.form.partitions)
        if self._store is None and self._columns is None:
            self._columns = column_names(self.path, self.form)
        return self._columns if self._columns is not None else self.store.columns

    def files(self) -> list[Table]:
        """The table, or the files of one in a folder, so that each can be read alone."""
        if not self.form.partitions:
            return [self]
        form = replace(self.form, partitions=())
        return [
            Table(
                self.folder,
                path.relative_to(self.folder).as_posix(),
                form,
                dict(partitions.values_of(self.path, path)),
            )
            for path in partitions.part_files(self.path)
        ]

    def refuse_missing(self, columns: Sequence[str]) -> None:
        """Raise DataError if the table lacks one of these columns."""
        known = {*self.columns, *self.told}
        missing = [name for name in columns if name not in known]
        if missing:
            raise DataError(f"{self.file} has no column {missing[0]!r}", code="IIML902")

    def frame(self) -> pd.DataFrame:
        """The table with types."""
        return read_frame(self.path, self.form)

    def texts(self, columns: Sequence[str]) -> pd.DataFrame:
        """Some columns as text, in the order asked for; raises DataError."""
        self.refuse_missing(columns)
        return read_texts(self.path, self.form, columns)[list(columns)]

    def written(self, columns: Sequence[str]) -> pd.DataFrame:
        """As `texts`, but only empty cells are missing: NA is a word."""
        self.refuse_missing(columns)
        return read_written(self.path, self.form, columns)[list(columns)]

    def values(self, column: str) -> list[str]:
        """One column as text, "" where a value is missing; kept, as each shadow asks again."""
        if column in self.told:
            return [self.told[column]] * len(self.store)
        if column not in self._values:
            self._values[column] = self.store.texts(column)
        return self._values[column]

    def keys(self, columns: Sequence[str]) -> Keys:
        """The values of several columns, row by row."""
        self.refuse_missing(columns)
        return list(zip(*(self.values(name) for name in columns), strict=True))

    def pieces(self, rows: Positions, cells: Mapping[str, Sequence[str]]) -> list[Piece]:
        """Rows in the order given, with new cells."""
        return [Piece(self.store, rows, cells)]

    def write(
        self,
        out: Path,
        rows: Positions,
        cells: Mapping[str, Sequence[str]],
        columns: Sequence[str] | None = None,
    ) -> None:
        """Write rows into a copy of the competition, with these columns if not all."""
        self.store.write(out / self.file, self.pieces(rows, cells), columns)

    def exchange(self, out: Path, moved: Mapping[int, int], columns: Sequence[str]) -> None:
        """Write all rows; in those of `moved` some columns hold the cells of another row."""
        texts = texts_of(self.store, columns)
        self.store.write(out / self.file, with_moved_cells(self.store, moved, texts))

    def among(
        self, columns: Sequence[str], asked: Collection[tuple[str, ...]]
    ) -> np.typing.NDArray[np.bool_]:
        """Which rows have one of these keys; each distinct key is written as text once."""
        import pandas as pd

        self.refuse_missing(columns)
        store = self.store
        typed = store.frame if isinstance(store, FrameRows) else pd.DataFrame()
        cells = {name: typed[name] if name in typed else self.values(name) for name in columns}
        frame = pd.DataFrame(cells, index=range(len(store)))
        groups = frame.groupby(list(columns), sort=False, dropna=False).ngroup().to_numpy()
        first = frame.iloc[np.unique(groups, return_index=True)[1]]
        texts = (frame_texts(first).fillna("")[name] for name in columns)
        known = np.array([key in asked for key in zip(*texts, strict=True)], np.bool_)
        return known[groups]


def texts_of(store: RowStore, columns: Sequence[str]) -> dict[str, list[str]]:
    """The cells of those columns that a store has."""
    return {name: store.texts(name) for name in columns if name in store.columns}


def with_moved_cells(
    store: RowStore, moved: Mapping[int, int], cells: Mapping[str, Sequence[str]]
) -> list[Piece]:
    """All rows of a store; those of `moved` hold what `cells` have at another place.

    Other rows come as they are, so that they are written as before.
    """
    pieces: list[Piece] = []
    start = 0
    for row in sorted(moved):
        if row > start:
            pieces.append(Piece(store, np.arange(start, row)))
        told = {name: [texts[moved[row]]] for name, texts in cells.items()}
        pieces.append(Piece(store, np.array([row]), told))
        start = row + 1
    return [*pieces, Piece(store, np.arange(start, len(store)))]


def places_of(keys: Keys, known: Keys) -> Positions:
    """Where each key stands first among the known ones; -1 where it does not."""
    first: dict[tuple[str, ...], int] = {}
    for place, key in enumerate(known):
        first.setdefault(key, place)
    return np.array([first.get(key, -1) for key in keys], np.int64)


def looked_up(frame: pd.DataFrame, places: Positions) -> pd.DataFrame:
    """Rows of a frame by their positions; gaps where a position is -1."""
    import pandas as pd

    found: pd.DataFrame = frame.reset_index(drop=True).reindex(
        pd.Index(np.where(places >= 0, places, -1))
    )
    return found.reset_index(drop=True)
