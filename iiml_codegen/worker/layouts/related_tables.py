"""Lookups and histories: tables whose rows belong to rows of train and test by their keys."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..plan import RelatedTable
from ..tables import Piece
from .parts import Rows, keys_of
from .split import Positions, Side, Split
from .tables import Keys, Table, looked_up, places_of, with_moved_cells

if TYPE_CHECKING:
    import pandas as pd


class KeyedTable:
    """The part of one lookup or history; see `parts.Part`.

    Columns that hold labels are hidden for withheld rows as they are for the real test: its rows
    are not there, or their cells are empty.
    """

    def __init__(self, folder: Path, related: RelatedTable) -> None:
        self.related = related
        self.table = Table(folder, related.file, related.form)
        self.hidden = [c for c in related.hidden_columns if c in self.table.store.columns]

    def handled(self, rows: Rows) -> tuple[str, ...]:
        """The table itself."""
        return (self.related.file,)

    def joined(
        self, train: pd.DataFrame, test: pd.DataFrame, rows: Rows
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Columns of a lookup at each row; a history is summed up in features, not joined."""
        if self.related.role != "lookup":
            return train, test
        import pandas as pd

        frame = self.table.frame()
        taken = {*self.related.keys, *self.hidden, *train.columns, *test.columns}
        frame = frame.drop(columns=[name for name in frame if name in taken])
        known = self.table.keys(self.related.keys)
        found: list[pd.DataFrame] = []
        sides: tuple[tuple[Side, pd.DataFrame], ...] = (("train", train), ("test", test))
        for side, own in sides:
            keys = keys_of(rows, side, self.related.keys)
            if keys is None:
                raise self._unkeyed(side)
            part = looked_up(frame, places_of(keys, known))
            found.append(pd.concat([own.reset_index(drop=True), part], axis=1))
        return found[0], found[1]

    def _unkeyed(self, side: Side) -> DataError:
        named = ", ".join(self.related.keys)
        return DataError(f"{side} rows lack {named}, by which {self.related.file} is looked up")

    def write_view(self, out: Path, rows: Rows, split: Split) -> None:
        """Without hidden columns; without rows of training rows where the test has none."""
        columns = [name for name in self.table.store.columns if name not in self.hidden]
        places = np.arange(len(self.table.store))
        if self.hidden and not self._test_has_rows(rows):
            places = places[~self._belongs(rows, split.kept)]
        self._write(out, self._pieces(split, places, {}), columns)

    def write_shadow(self, out: Path, rows: Rows, split: Split) -> None:
        """As it is where nothing is hidden or renamed; else cell by cell as described above."""
        renewed = any(split.names.renews(name) for name in self.related.keys)
        alone = self.table.form.format not in ("excel", "sqlite")
        if alone and not self.hidden and not renewed:
            target = out / self.related.file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.table.path, target)
            return
        places, blank = np.arange(len(self.table.store)), {}
        if self.hidden:
            gone = self._belongs(rows, np.setdiff1d(np.arange(rows.train_rows), split.kept))
            if self._test_has_rows(rows):
                blank = {name: self._blanked(name, gone) for name in self.hidden}
            else:
                places = places[~gone]
        self._write(out, self._pieces(split, places, blank), None)

    def permute_labels(self, copy: Path, rows: Rows, given: dict[int, int]) -> None:
        """Hidden cells of the rows that belong to the withheld ones change places."""
        if not self.hidden:
            return
        places = np.flatnonzero(self._belongs(rows, np.array(sorted(given), np.int64)))
        moved = dict(zip(places.tolist(), np.roll(places, 1).tolist(), strict=True))
        self._write(copy, with_moved_cells(self.table.store, moved, self.hidden), None)

    def _write(self, out: Path, pieces: list[Piece], columns: list[str] | None) -> None:
        self.table.store.write(out / self.related.file, pieces, columns)

    def _keys(self) -> Keys:
        return self.table.keys(self.related.keys)

    def _test_has_rows(self, rows: Rows) -> bool:
        """True if rows of the real test are named in the table."""
        known = set(self._keys())
        return any(key in known for key in keys_of(rows, "test", self.related.keys) or ())

    def _belongs(self, rows: Rows, wanted: Positions) -> np.typing.NDArray[np.bool_]:
        """Which rows of the table belong to some of these training rows."""
        keys = keys_of(rows, "train", self.related.keys) or []
        asked = {keys[row] for row in wanted.tolist()}
        return np.array([key in asked for key in self._keys()], np.bool_)

    def _blanked(self, name: str, gone: np.typing.NDArray[np.bool_]) -> list[str]:
        values = self.table.values(name)
        return ["" if out else value for value, out in zip(values, gone.tolist(), strict=True)]

    def _pieces(
        self, split: Split, places: Positions, replaced: dict[str, list[str]]
    ) -> list[Piece]:
        """Rows under the new names of what they belong to; those of nobody stay out then."""
        renewed = [name for name in self.related.keys if split.names.renews(name)]
        if not renewed:
            return [Piece(self.table.store, places, _taken(replaced, places))]
        name = renewed[0]
        values = self.table.values(name)
        named = [
            (row, new)
            for row in places.tolist()
            for _, new in split.names.places(name, values[row])
        ]
        rows = np.array([row for row, _ in named], np.int64)
        cells = {**_taken(replaced, rows), name: [new for _, new in named]}
        return [Piece(self.table.store, rows, cells)]


def _taken(replaced: dict[str, list[str]], places: Positions) -> dict[str, list[str]]:
    return {name: [cells[row] for row in places.tolist()] for name, cells in replaced.items()}
