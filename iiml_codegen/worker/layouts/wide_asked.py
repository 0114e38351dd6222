"""The cells of wide series that a sample submission asks for: by name, or in columns ahead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from ..plan import WideTable
from ..tables import Piece
from ..task import Task
from .sample import Sample
from .split import Positions, picked
from .tables import Table

NUMBER = re.compile(r"\d+$")
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Known:
    """Which cells of the training table hold a value: series by steps, by their names."""

    series: dict[str, int]
    steps: dict[str, int]
    cells: npt.NDArray[np.bool_]

    def among(self, series: Sequence[str], steps: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Whether each of these series has a value at each of these steps."""
        rows = np.array([self.series.get(name, -1) for name in series], np.int64)
        columns = np.array([self.steps.get(name, -1) for name in steps], np.int64)
        inside = (rows >= 0)[:, None] & (columns >= 0)[None, :]
        return self.cells[rows[:, None], columns[None, :]] & inside


@dataclass(frozen=True)
class Asked:
    """Of each test row the id in the sample, its series and its step by their names.

    `places` are columns of answers, where the sample has one for each step ahead.
    """

    ids: list[str]
    series: list[str]
    steps: list[str]
    places: Positions


class WideSample:
    """The sample submission of wide series; see `domain.layout.WideTable` for its forms."""

    def __init__(self, folder: Path, task: Task, wide: WideTable) -> None:
        self.sample = Sample(folder, task)
        if self.sample.table is None:
            raise DataError("the sample submission of a table with series is not there")
        self.table, self.task, self.wide = self.sample.table, task, wide
        self.ids = self.table.values(str(task.sample_id_column))
        names = wide.names
        self.names = Table(folder, names.file, names.form) if names is not None else None

    def asked(self, known: Known) -> Asked:
        """What wants an answer; raises DataError for an id that tells no series and step."""
        return self._ahead(known) if self.wide.blocks else self._by_name()

    def _by_name(self) -> Asked:
        form = re.compile(f"(.*){re.escape(self.wide.joint)}({self.wide.called})", re.DOTALL)
        series, steps = list[str](), list[str]()
        for text in self._in_full():
            found = form.fullmatch(text)
            if found is None:
                raise DataError(f"{self.task.sample_file}: {text} names no series and step")
            series.append(found.group(1))
            steps.append(found.group(2))
        return Asked(self.ids, series, steps, np.zeros(len(series), np.int64))

    def _in_full(self) -> list[str]:
        """What ids stand for."""
        if self.names is None or self.wide.names is None:
            return self.ids
        told = self.names.keys((self.wide.names.id, self.wide.names.name))
        full = dict(reversed([(key, name) for key, name in told]))
        missing = next((one for one in self.ids if one not in full), None)
        if missing is not None:
            raise DataError(f"{self.wide.names.file} does not say what {missing} is")
        return [full[one] for one in self.ids]

    def _ahead(self, known: Known) -> Asked:
        """The cells of all columns ahead, row by row, but for those that the table knows."""
        columns = list(self.task.answer_columns)
        parts = [self._parted(text) for text in self.ids]
        filled = self.table.texts(columns).notna().to_numpy()
        wanted = filled if filled.any() else ~filled
        steps = np.empty(wanted.shape, object)
        firsts = np.array([first for _, first in parts])
        names = [name for name, _ in parts]
        for first in sorted(set(firsts.tolist())):
            rows = np.flatnonzero(firsts == first)
            ahead = steps_from(first, len(columns), self.wide.apart)
            steps[rows] = np.array(ahead, object)
            wanted[rows] &= ~known.among(picked(names, rows), ahead)
        rows, places = np.nonzero(wanted)
        told: list[str] = steps[rows, places].tolist()
        return Asked(picked(self.ids, rows), picked(names, rows), told, places.astype(np.int64))

    def _parted(self, text: str) -> tuple[str, str]:
        """The series that an id names, and the step of its first column."""
        for suffix, first in self.wide.blocks.items():
            if suffix and text.endswith(suffix):
                return text.removesuffix(suffix), first
        name, _, step = text.rpartition("@")
        if re.fullmatch(self.wide.called, step):
            return name, step
        if "" not in self.wide.blocks:
            raise DataError(f"{self.task.sample_file}: the id {text} ends as no other does")
        return text, self.wide.blocks[""]

    def write(self, out: Path, withheld: Sequence[tuple[str, str]], asked: Asked) -> None:
        """Ask for withheld cells, by series and step, and for some cells of the real sample.

        All in their order: where steps are columns, each withheld cell is the first of its row.
        """
        joint = self.wide.joint
        if self.wide.blocks:
            ids = [f"{series}@{step}" for series, step in withheld]
            places = np.concatenate([np.zeros(len(ids), np.int64), asked.places])
            self._write_ahead(out, ids + asked.ids, places)
            return
        named = [f"{series}{joint}{step}" for series, step in withheld]
        ids = named + asked.ids
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        if self.names is not None and self.wide.names is not None:
            full = named + [
                f"{a}{joint}{b}" for a, b in zip(asked.series, asked.steps, strict=True)
            ]
            told = {self.wide.names.id: ids, self.wide.names.name: full}
            piece = Piece(self.names.store, np.zeros(len(ids), np.int64), told)
            self.names.store.write(out / self.wide.names.file, [piece])

    def _write_ahead(self, out: Path, ids: list[str], places: Positions) -> None:
        """Cells one after the other; those of one id that go on to the right share a row."""
        columns = list(self.task.answer_columns)
        texts = np.array(ids, object)
        new = np.ones(len(ids), np.bool_)
        new[1:] = (texts[1:] != texts[:-1]) | (places[1:] <= places[:-1])
        rows = np.cumsum(new) - 1
        cells = np.full((int(new.sum()), len(columns)), "", object)
        cells[rows, places] = "0"
        told = {name: cells[:, place].tolist() for place, name in enumerate(columns)}
        told[str(self.task.sample_id_column)] = texts[new].tolist()
        piece = Piece(self.table.store, np.zeros(len(cells), np.int64), told)
        self.table.store.write(out / self.task.sample_file, [piece])


def steps_from(first: str, count: int, apart: int) -> list[str]:
    """Names of steps from the first on, `apart` days from each other where they are dates."""
    if is_date(first):
        begins = date.fromisoformat(first)
        return [str(begins + timedelta(days=apart * ahead)) for ahead in range(count)]
    found = NUMBER.search(first)
    assert found is not None
    number, word = found.group(), first[: found.start()]
    return [word + str(int(number) + ahead).zfill(len(number)) for ahead in range(count)]


def is_date(name: str) -> bool:
    """Whether a column is called by a date, as `2024-03-01`."""
    parts = name.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)
