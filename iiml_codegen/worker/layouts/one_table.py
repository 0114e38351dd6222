"""Layout: one training table, one test table, a sample submission; labels are columns of train."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from ..fresh_ids import fresh, structure
from ..raw_csv import RawTable, parse
from ..raw_rows import Column, column_fields, column_values, header_of, rows_of, selected
from ..reading import TABLE_SUFFIXES, is_ours_to_read, sniff, table_files
from ..task import Task, existing

Positions = npt.NDArray[np.int64]

DESCRIPTIONS = (".md", ".txt", ".rst", ".html", ".pdf")


def is_one_table(folder: Path, task: Task) -> bool:
    """Both tables are text tables, and the training table has the targets."""
    files = (task.train_file, task.test_file)
    if not all(Path(name).suffix.lower() in TABLE_SUFFIXES for name in files):
        return False
    return set(task.targets) <= set(header(existing(folder, task.train_file)))


def header(path: Path) -> list[str]:
    """Column names of a table."""
    dialect = sniff(path)
    with path.open(encoding=dialect.encoding, newline="") as lines:
        return next(csv.reader(lines, delimiter=dialect.separator), [])


def raw_table(path: Path) -> RawTable:
    """Bytes and borders of a table."""
    dialect = sniff(path)
    return parse(path.read_bytes(), dialect.separator, dialect.encoding)


class OneTable:
    """Adapter for competitions of plain tables; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        self.folder = folder
        self.task = task
        self.train = raw_table(existing(folder, task.train_file))
        self.test = raw_table(existing(folder, task.test_file))
        if self.train.separator != self.test.separator:
            raise DataError("train and test have different separators", code="IIML902")
        self.train_rows = len(self.train)
        self.test_rows = len(self.test)
        self.train_ids = self._id_values(self.train)
        self.test_ids = self._id_values(self.test)
        self.forms = [value.decode("latin-1") for value in self.train_ids + self.test_ids]
        self.kept_ids_because = self._why_ids_stay()

    def write_view(self, out: Path) -> None:
        """The competition with only features in its training table, rows in their order."""
        out.mkdir(parents=True)
        hidden = set(self.task.hidden_columns)
        places = [place for place, name in enumerate(self.train.columns) if name not in hidden]
        rows = selected(self.train, np.arange(self.train_rows), places)
        top = header_of(self.train, places)
        (out / self.task.train_file).write_bytes(top + b"".join(rows))
        (out / self.task.test_file).write_bytes(self.test.data)
        sample = self.folder / self.task.sample_file
        if sample.is_file():
            shutil.copyfile(sample, out / sample.name)
        self._bring_the_rest(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> None:
        """Training table without the withheld rows, test table with them first, sample to match."""
        out.mkdir(parents=True)
        train_ids, test_ids = self._ids(kept, withheld, test, seed)
        rows = rows_of(self.train, kept, self._replacing(self.train, train_ids))
        (out / self.task.train_file).write_bytes(self.train.head + b"".join(rows))
        led, own = None, None
        if test_ids is not None:
            led, own = test_ids[: len(withheld)], test_ids[len(withheld) :]
        rows = self._as_test_rows(withheld, led)
        rows += rows_of(self.test, test, self._replacing(self.test, own))
        (out / self.task.test_file).write_bytes(self.test.head + b"".join(rows))
        self._write_sample(out)
        self._bring_the_rest(out)

    def _replacing(
        self, table: RawTable, ids: Sequence[bytes] | None
    ) -> dict[int, Sequence[bytes]]:
        name = self.task.id_column
        if ids is None or name is None or name not in table.columns:
            return {}
        return {table.place(name): ids}

    def _as_test_rows(self, rows: Positions, ids: Sequence[bytes] | None) -> list[bytes]:
        """Training rows with exactly the test's columns in the test's order."""
        columns: list[Column] = []
        for name in self.test.columns:
            if name == self.task.id_column and ids is not None:
                columns.append(ids)
            elif name in self.train.columns:
                columns.append(self.train.place(name))
            else:
                columns.append([b""] * len(rows))
        return selected(self.train, rows, columns, [self.test.newline] * len(rows))

    def _why_ids_stay(self) -> str | None:
        """The reason for which ids are not renewed; None if they are."""
        name = self.task.id_column
        if name is None or name not in self.test.columns:
            return "there is no id column"
        others = set(self._others_with(name)) - set(self._others_with(*self.task.hidden_columns))
        if others:
            return f"{min(others)} has the column {name!r} too"
        if self._names_files() and len(set(self.forms)) == len(self.forms):
            return "files are named by them"
        return structure(self.forms)

    def _id_values(self, table: RawTable) -> list[bytes]:
        """The ids of a table; empty where it has none."""
        name = self.task.id_column
        return column_values(table, name) if name is not None and name in table.columns else []

    def _names_files(self) -> bool:
        """True if a folder of the competition has files or folders named by ids."""
        folders = [path for path in self.folder.iterdir() if path.is_dir() and _is_data(path)]
        names = {name for folder in folders for name in os.listdir(folder)}
        stems = names | {name.rpartition(".")[0] for name in names}
        return any(value in stems for value in self.forms[:20])

    def _ids(
        self, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> tuple[list[bytes] | None, list[bytes] | None]:
        """New ids of the shadow's training and test rows; None if ids stay or a table has none.

        Rows that share an id within a table keep sharing one; all new ids are distinct.
        """
        if self.kept_ids_because is not None:
            return None, None
        old: list[tuple[str, object]] = []
        if self.train_ids:
            old += [("train", self.train_ids[row]) for row in [*kept, *withheld]]
        else:
            old += [("train", row) for row in withheld]
        old += [("test", self.test_ids[row]) for row in test]
        distinct = list(dict.fromkeys(old))
        drawn = fresh(self.forms, len(distinct), np.random.default_rng(seed))
        new = dict(zip(distinct, (text.encode("latin-1") for text in drawn), strict=True))
        renewed = [new[key] for key in old]
        split = len(kept) if self.train_ids else 0
        return (renewed[:split] if self.train_ids else None), renewed[split:]

    def _write_sample(self, out: Path) -> None:
        """The sample submission for the shadow's test: same columns, its own usual answer."""
        path = self.folder / self.task.sample_file
        if not path.is_file():
            return
        sample = raw_table(path)
        test = raw_table(out / self.task.test_file)
        source = self._sample_sources(test)
        columns: list[Column] = [
            source[name] if name in source else [_usual(sample, name)] * len(test)
            for name in sample.columns
        ]
        endings = [sample.newline] * len(test)
        lines = selected(test, np.arange(len(test)), columns, endings)
        (out / self.task.sample_file).write_bytes(sample.head + b"".join(lines))

    def _sample_sources(self, test: RawTable) -> dict[str, int]:
        """Which columns of the sample repeat which column of the test, by its position."""
        task = self.task
        source = {name: name for name in task.copied_columns}
        if task.sample_id_column is not None and task.id_column is not None:
            source[task.sample_id_column] = task.id_column
        places = {name: place for place, name in enumerate(test.columns)}
        return {name: places[old] for name, old in source.items() if old in places}

    def _others_with(self, *columns: str) -> list[str]:
        """Other tables that have one of the columns."""
        known = (self.task.train_file, self.task.test_file, self.task.sample_file)
        others = [path for path in table_files(self.folder) if path.name not in known]
        return [path.name for path in others if set(columns) & set(header(path))]

    def _bring_the_rest(self, out: Path) -> None:
        """Descriptions, further tables and media folders; whatever may hold labels stays behind.

        A further table with a target column, an archive or a pickle is not brought.
        """
        labelled = set(self._others_with(*self.task.hidden_columns))
        for path in sorted(self.folder.iterdir()):
            if not _is_data(path) or (out / path.name).exists() or path.name in labelled:
                continue
            if path.is_dir():
                shutil.copytree(path, out / path.name, copy_function=_linked)
            elif path.suffix.lower() in (*DESCRIPTIONS, *TABLE_SUFFIXES):
                shutil.copyfile(path, out / path.name)


def _is_data(path: Path) -> bool:
    return is_ours_to_read(path) and path.name != "iiml" and not path.is_symlink()


def _linked(source: str, target: str) -> None:
    """A hard link; a copy where the cache lies on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _usual(table: RawTable, name: str) -> bytes:
    """The most frequent value of a column as it stands in the file; the first of equals."""
    counted = Counter(column_fields(table, name))
    return counted.most_common(1)[0][0] if counted else b""
