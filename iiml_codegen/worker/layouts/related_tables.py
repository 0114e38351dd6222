"""Lookups and histories: tables whose rows belong to rows of train and test by their keys."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..plan import RelatedTable
from ..tables import Piece
from .parts import Rows, keys_of
from .split import Positions, Side, Split
from .tables import Table, looked_up, places_of

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, ...]
BOTH: tuple[Side, ...] = ("train", "test")


class KeyedTable:
    """The part of one lookup or history; see `parts.Part`.

    Columns that hold labels are hidden for withheld rows as they are for the real test: its rows
    are not there, or their cells are empty. Where the test has a table of its own, what belongs to
    withheld rows moves there. Tables in folders are written file by file, as they may be large. Of
    several parts with one table, one `writes` it.
    """

    def __init__(self, folder: Path, related: RelatedTable, *, writes: bool = True) -> None:
        self.related = related
        self.writes = writes
        self.table_keys = related.table_keys or related.keys
        self.table = Table(folder, related.file, related.form)
        self.test_table = (
            Table(folder, related.test_file, related.test_form) if related.test_file else None
        )
        self.hidden = [c for c in related.hidden_columns if c in self.table.columns]

    @property
    def tables(self) -> list[Table]:
        """The table, and the one of the test where it has its own."""
        return [self.table, self.test_table] if self.test_table else [self.table]

    def handled(self, rows: Rows) -> tuple[str, ...]:
        """The tables themselves."""
        return tuple(table.file for table in self.tables)

    def joined(
        self, train: pd.DataFrame, test: pd.DataFrame, rows: Rows
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Columns of a lookup at each row; a history is summed up in features, not joined."""
        if self.related.role != "lookup":
            return train, test
        import pandas as pd

        frame = pd.concat([table.frame() for table in self.tables], ignore_index=True)
        frame = frame.drop(columns=[c for c in frame if c in (*self.table_keys, *self.hidden)])
        frame = frame.rename(columns=lambda name: self.related.named.replace("{}", name))
        frame = frame.drop(columns=[c for c in frame if c in (*train.columns, *test.columns)])
        known = [key for table in self.tables for key in table.keys(self.table_keys)]
        found: list[pd.DataFrame] = []
        sides: tuple[tuple[Side, pd.DataFrame], ...] = (("train", train), ("test", test))
        for side, own in sides:
            keys = keys_of(rows, side, self.related.keys)
            if keys is None:
                raise self._unkeyed(side)
            part = looked_up(frame, places_of(keys, known))
            found.append(pd.concat([own.reset_index(drop=True), part], axis=1))
        return found[0], found[1]

    def told(self, rows: Rows, side: Side, column: str) -> list[str] | None:
        """A column of a lookup as text at each row, "" where none is found; None without it."""
        plain = self.related.role == "lookup" and not self.related.table_keys
        keys = keys_of(rows, side, self.related.keys)
        if not plain or keys is None or any(column not in table.columns for table in self.tables):
            return None
        known = [key for table in self.tables for key in table.keys(self.table_keys)]
        values = [value for table in self.tables for value in table.values(column)]
        return [values[place] if place >= 0 else "" for place in places_of(keys, known).tolist()]

    def _unkeyed(self, side: Side) -> DataError:
        named = ", ".join(self.related.keys)
        return DataError(f"{side} rows lack {named}, by which {self.related.file} is looked up")

    def write_view(self, out: Path, rows: Rows, split: Split) -> None:
        """Without hidden columns; without rows of training rows where the test has none."""
        if not self.writes:
            return
        if not self.hidden and all(map(stands_alone, self.tables)):
            self._copy(out)
            return
        gone = self.hidden and not self._test_has_rows(rows)
        asked = self._asked(rows, split.kept) if gone else set()
        for table in self._files():
            columns = [name for name in table.store.columns if name not in self.hidden]
            pieces = self._pieces(table, split, np.flatnonzero(~self._among(table, asked)), {})
            table.store.write(out / table.file, pieces, columns)

    def write_shadow(self, out: Path, rows: Rows, split: Split) -> None:
        """As it is where nothing is hidden, renamed or moved; else cell by cell as said above."""
        if not self.writes:
            return
        renewed = any(split.names.renews(name) for name in self.related.keys)
        moved = self._asked(rows, split.withheld) if self.test_table else set()
        alone = all(map(stands_alone, self.tables))
        if alone and not self.hidden and not renewed and not moved:
            self._copy(out)
        elif self.test_table is not None:
            self._write_both(out, split, moved, self.test_table)
        else:
            self._write_one(out, rows, split)

    def _copy(self, out: Path) -> None:
        for table in self._files():
            target = out / table.file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(table.path, target)

    def _write_one(self, out: Path, rows: Rows, split: Split) -> None:
        """What is hidden is empty for withheld rows, or they have no rows."""
        gone = np.setdiff1d(np.arange(rows.train_rows), split.kept)
        asked = self._asked(rows, gone) if self.hidden else set()
        blanks = bool(asked) and self._test_has_rows(rows)
        for table in self._files():
            out_of_sight = self._among(table, asked)
            places, blank = np.arange(len(table.store)), {}
            if blanks:
                blank = {name: blanked(table, name, out_of_sight) for name in self.hidden}
            else:
                places = places[~out_of_sight]
            table.store.write(out / table.file, self._pieces(table, split, places, blank))

    def _write_both(self, out: Path, split: Split, moved: Collection[Key], test: Table) -> None:
        """What belongs to withheld rows goes to what belongs to the test, without what it hides."""
        own = {inside(self.table, one): one for one in self.table.files()}
        theirs = {inside(test, one): one for one in test.files()}
        for place in sorted({*own, *theirs}):
            pieces: list[Piece] = []
            first, second = own.get(place), theirs.get(place)
            if first is not None:
                gone = self._among(first, moved)
                kept = self._pieces(first, split, np.flatnonzero(~gone), {}, ("train",))
                first.store.write(out / first.file, kept)
                empty = {name: [""] * len(gone) for name in self.hidden}
                pieces = self._pieces(first, split, np.flatnonzero(gone), empty, ("train",))
            if second is not None:
                every = np.arange(len(second.store))
                pieces += self._pieces(second, split, every, {}, ("test",))
            like = second or first
            if like is not None and (second or any(len(piece.rows) for piece in pieces)):
                shown = [c for c in like.store.columns if second or c not in self.hidden]
                like.store.write(out / test.file / place, pieces, shown)

    def permute_labels(self, copy: Path, rows: Rows, given: dict[int, int]) -> None:
        """Hidden cells of the rows that belong to the withheld ones change places."""
        if not (self.hidden and self.writes):
            return
        asked = self._asked(rows, np.array(sorted(given), np.int64))
        for table in self.table.files():
            places = np.flatnonzero(self._among(table, asked))
            moved = dict(zip(places.tolist(), np.roll(places, 1).tolist(), strict=True))
            table.exchange(copy, moved, self.hidden)

    def _files(self) -> list[Table]:
        return [file for table in self.tables for file in table.files()]

    def _test_has_rows(self, rows: Rows) -> bool:
        """True if rows of the real test are named in the table."""
        asked = set(keys_of(rows, "test", self.related.keys) or ())
        return any(self._among(table, asked).any() for table in self._files())

    def _asked(self, rows: Rows, wanted: Positions) -> set[Key]:
        """The keys of these training rows."""
        keys = keys_of(rows, "train", self.related.keys) or []
        return {keys[row] for row in wanted.tolist()} if keys else set()

    def _among(self, table: Table, asked: Collection[Key]) -> np.typing.NDArray[np.bool_]:
        """Which rows of the table belong to rows with these keys."""
        if not asked:
            return np.zeros(len(table.store), np.bool_)
        return table.among(self.table_keys, asked)

    def _pieces(
        self,
        table: Table,
        split: Split,
        places: Positions,
        replaced: dict[str, list[str]],
        sides: tuple[Side, ...] = BOTH,
    ) -> list[Piece]:
        """Rows under the new names of what they belong to; those of nobody stay out then."""
        called = zip(self.related.keys, self.table_keys, strict=True)
        renewed = [pair for pair in called if split.names.renews(pair[0])]
        if not renewed:
            return [Piece(table.store, places, _taken(replaced, places))]
        ours, name = renewed[0]
        values = table.values(name)
        named = [
            (row, new)
            for row in places.tolist()
            for side, new in split.names.places(ours, values[row])
            if side in sides
        ]
        rows = np.array([row for row, _ in named], np.int64)
        cells = {**_taken(replaced, rows), name: [new for _, new in named]}
        return [Piece(table.store, rows, cells)]


def stands_alone(table: Table) -> bool:
    """Whether the table is all that its file holds."""
    return table.form.format not in ("excel", "sqlite")


def inside(table: Table, file: Table) -> str:
    """Where a file of the table lies in its folder; "" for the table itself."""
    return "" if file is table else file.path.relative_to(table.path).as_posix()


def blanked(table: Table, name: str, gone: np.typing.NDArray[np.bool_]) -> list[str]:
    """The cells of a column, those of the rows that are gone empty."""
    values = table.values(name)
    return ["" if out else value for value, out in zip(values, gone.tolist(), strict=True)]


def _taken(replaced: dict[str, list[str]], places: Positions) -> dict[str, list[str]]:
    return {name: [cells[row] for row in places.tolist()] for name, cells in replaced.items()}
