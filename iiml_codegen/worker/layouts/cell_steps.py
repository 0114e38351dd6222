"""Layout: tables with a sequence in each row, its steps in cells; rows are the steps.

The sample submission asks for steps as `<key><joint><place>`. A shadow's training table has the
sequences with kept steps; where one is parted, its other steps are gaps in the cells of answers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from ..step_cells import cell_with, items_of
from ..tables import Piece
from ..task import Task
from .rest import Rest
from .sample import Sample
from .split import Positions, Side, picked, rotated
from .tables import Table

if TYPE_CHECKING:
    import pandas as pd

BEYOND = "(end)"
"""What stands before the first step and after the last."""
Cells = dict[str, list[list[str]]]
Characters = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Steps:
    """Of each row the row of the table that holds its sequence, and its place there, from 0."""

    owner: Positions
    place: Positions


class CellSteps:
    """Adapter for tables with a sequence in each row; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        if task.layout.steps is None:
            raise DataError("the task does not say which cells hold steps", code="IIML902")
        self.folder, self.task, self.form = folder, task, task.layout.steps
        self.tables: dict[Side, Table] = {
            "train": Table(folder, task.train_file, task.layout.train_form),
            "test": Table(folder, task.test_file, task.layout.test_form),
        }
        for table in self.tables.values():
            table.refuse_missing([self.form.key, *self.form.texts, *self.form.lists])
        self.tables["train"].refuse_missing(task.targets)
        self.sample = Sample(folder, task)
        if self.sample.table is None:
            raise DataError("no sample submission says which steps are asked for", code="IIML902")
        handled = [task.train_file, task.test_file, task.sample_file]
        self.rest = Rest(folder, handled, task.hidden_columns, ())

    @cached_property
    def told(self) -> Cells:
        """The answers of each row of the training table, step by step, as texts."""
        letters, table = self.form.characters, self.tables["train"]
        return {
            name: [items_of(cell, characters=letters) for cell in table.values(name)]
            for name in self.task.targets
        }

    @cached_property
    def steps(self) -> dict[Side, Steps]:
        """The rows of both sides: steps with all answers, and steps that are asked for."""
        owners, places = [], []
        for owner, cells in enumerate(zip(*self.told.values(), strict=True)):
            known = [place for place, step in enumerate(zip(*cells, strict=False)) if all(step)]
            owners += [owner] * len(known)
            places += known
        rows = {name: row for row, name in enumerate(self.tables["test"].values(self.form.key))}
        asked = [text.rpartition(self.form.joint) for text in self.ids]
        strange = next((name for name, _, _ in asked if name not in rows), None)
        if strange is not None:
            raise DataError(
                f"{self.task.sample_file} asks for steps of {strange!r}, which"
                f" {self.task.test_file} does not have",
                code="IIML902",
            )
        return {
            "train": Steps(np.array(owners, np.int64), np.array(places, np.int64)),
            "test": Steps(
                np.array([rows[name] for name, _, _ in asked], np.int64),
                np.array([int(place) - self.form.first for _, _, place in asked], np.int64),
            ),
        }

    @cached_property
    def ids(self) -> list[str]:
        """What the sample calls the steps."""
        assert self.sample.table is not None and self.task.sample_id_column is not None
        return self.sample.table.values(self.task.sample_id_column)

    @property
    def train_rows(self) -> int:
        """How many steps have all answers."""
        return len(self.steps["train"].owner)

    @property
    def test_rows(self) -> int:
        """How many steps are asked for."""
        return len(self.steps["test"].owner)

    def wholes(self, side: Side) -> Positions | None:
        """Steps can be parted, though folds keep sequences whole."""
        return None

    def train(self) -> pd.DataFrame:
        """Steps with what stands around them, what is known of their sequence, and answers."""
        import pandas as pd

        labels = self.labels()
        if not self.form.characters:
            labels = labels.apply(pd.to_numeric, errors="coerce")
        return self._frame("train").assign(**labels)

    def test(self) -> pd.DataFrame:
        """Steps that are asked for, with what stands around them."""
        found = self._frame("test")
        found.insert(0, str(self.task.sample_id_column), self.ids)
        return found

    def labels(self) -> pd.DataFrame:
        """The answers of each step as texts."""
        import pandas as pd

        steps = self.steps["train"]
        at = list(zip(steps.owner.tolist(), steps.place.tolist(), strict=True))
        told = {name: [cells[row][place] for row, place in at] for name, cells in self.told.items()}
        return pd.DataFrame(told, columns=list(self.task.targets), dtype=object)

    def real_rows(self) -> Positions | None:
        """The real folder lists steps in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """The ids of steps, and what the tables say of a sequence as a whole."""
        if column == self.task.sample_id_column:
            return self.ids if side == "test" else None
        if column not in self._plain(side):
            return None
        return picked(self.tables[side].values(column), self.steps[side].owner)

    def write_view(self, out: Path) -> None:
        """All steps with answers have the same one."""
        same = "0" if not self.form.characters else self.task.classes[0]
        every = np.arange(self.train_rows)
        told = {name: [[same] * len(cell) for cell in cells] for name, cells in self.told.items()}
        hidden = set(self.task.hidden_columns) - set(self.task.targets)
        columns = [name for name in self.tables["train"].columns if name not in hidden]
        self._write_train(out, every, told, columns)
        self.tables["test"].store.write(out / self.task.test_file, [self._tested()])
        self._ask(out, self.ids)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """Kept steps alone have answers; sequences with withheld ones lead the test."""
        steps, train = self.steps["train"], self.tables["train"]
        self._write_train(out, kept)
        pieces = [Piece(train.store, np.unique(steps.owner[withheld])), self._tested(test)]
        self.tables["test"].store.write(out / self.task.test_file, pieces)
        keys, joint, first = train.values(self.form.key), self.form.joint, self.form.first
        asked = [
            f"{keys[steps.owner[row]]}{joint}{steps.place[row] + first}"
            for row in withheld.tolist()
        ]
        self._ask(out, asked + picked(self.ids, test))
        return np.concatenate([kept, withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """The same tables with other steps asked for."""
        self._write_train(out, np.arange(self.train_rows))
        self.tables["test"].store.write(out / self.task.test_file, [self._tested()])
        self._ask(out, picked(self.ids, test))

    def why_not_renamed(self) -> str:
        """An id is a sequence and a place in it."""
        return "ids are made of sequences and places, which tell more than names"

    def is_renewed(self) -> bool:
        """Ids stay."""
        return False

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Answers change places among the steps."""
        steps = self.steps["train"]
        told = {name: [list(cell) for cell in cells] for name, cells in self.told.items()}
        for row, other in rotated(rows, seed).items():
            for name, cells in self.told.items():
                answer = cells[steps.owner[other]][steps.place[other]]
                told[name][steps.owner[row]][steps.place[row]] = answer
        self._write_train(copy, np.arange(self.train_rows), told)

    def _plain(self, side: Side) -> list[str]:
        """Columns that say something of a sequence as a whole."""
        known = {*self.form.texts, *self.form.lists, *self.task.targets}
        return [name for name in self.tables[side].columns if name not in known]

    def _frame(self, side: Side) -> pd.DataFrame:
        """Steps of one side with their columns."""
        table, steps, form = self.tables[side], self.steps[side], self.form
        plain = [name for name in self._plain(side) if name not in self.task.hidden_columns]
        found = table.frame()[plain].iloc[steps.owner].reset_index(drop=True)
        cells = table.values((*form.texts, *form.lists)[0])
        letters = bool(form.texts)
        sizes = np.array([len(items_of(cell, characters=letters)) for cell in cells], np.int64)
        told: dict[str, Any] = {
            form.before: steps.place,
            form.after: sizes[steps.owner] - 1 - steps.place,
        }
        for name in form.texts:
            told |= around(name, table.values(name), steps, form.near)
        for name in form.lists:
            told[name] = numbers_at(table.values(name), steps)
        return found.assign(**told)

    def _tested(self, rows: Positions | None = None) -> Piece:
        """The test table, or those of its sequences of which some rows are asked for."""
        store = self.tables["test"].store
        chosen = (
            np.arange(len(store)) if rows is None else np.unique(self.steps["test"].owner[rows])
        )
        return Piece(store, chosen)

    def _ask(self, out: Path, ids: list[str]) -> None:
        """The sample that asks for these steps, and the rest of the folder."""
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        self.rest.bring(out)

    def _write_train(
        self,
        out: Path,
        rows: Positions,
        told: Cells | None = None,
        columns: list[str] | None = None,
    ) -> None:
        """Sequences with some of these rows; cells of other answers are gaps.

        What else only train has is gone where a sequence is parted. Cells come as they are written
        unless `told` says otherwise.
        """
        steps, store = self.steps["train"], self.tables["train"].store
        known: dict[int, set[int]] = defaultdict(set)
        for owner, place in zip(
            steps.owner[rows].tolist(), steps.place[rows].tolist(), strict=True
        ):
            known[owner].add(place)
        owners = np.array(sorted(known), np.int64)
        all_known = np.bincount(steps.owner, minlength=len(store))[owners]
        parted = all_known > np.array([len(known[owner]) for owner in owners.tolist()])
        cells: dict[str, list[str]] = {}
        for name in self.task.hidden_columns if told or parted.any() else ():
            before = self.told.get(name)
            items = (told or self.told).get(name)
            cells[name] = []
            for owner, gone in zip(owners.tolist(), parted.tolist(), strict=True):
                text = self.tables["train"].values(name)[owner]
                if items is None or before is None:
                    text = "" if gone else text
                elif gone or items[owner] != before[owner]:
                    letters = self.form.characters
                    text = cell_with(text, items[owner], known[owner], characters=letters)
                cells[name].append(text)
        store.write(out / self.task.train_file, [Piece(store, owners, cells)], columns)


def around(name: str, texts: list[str], steps: Steps, near: int) -> dict[str, Characters]:
    """The characters at steps, and those before and after; None beyond the ends."""
    width = max(map(len, texts), default=0)
    beyond = " " * near
    grid = np.array([list(f"{beyond}{text:<{width}}{beyond}") for text in texts])
    told = {}
    for shift in range(-near, near + 1):
        found = grid[steps.owner, steps.place + near + shift].astype(object)
        found[found == " "] = BEYOND
        told[called(name, shift)] = found
    return told


def called(name: str, shift: int) -> str:
    """The column of what stands some steps before or after."""
    return f"{name} {abs(shift)} {'before' if shift < 0 else 'after'}" if shift else name


def numbers_at(cells: list[str], steps: Steps) -> list[float]:
    """The numbers of lists at steps; NaN where a list has none there."""
    items = [items_of(cell) for cell in cells]
    found = []
    for owner, place in zip(steps.owner.tolist(), steps.place.tolist(), strict=True):
        item = items[owner][place] if place < len(items[owner]) else ""
        found.append(float(item) if item else float("nan"))
    return found
