"""Ids and file names that say nothing are drawn anew for each shadow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from ..fresh_ids import PLAIN, fresh, structure
from ..task import Task
from .parts import Rows
from .split import Names, Side, Split, picked

SUFFIX = re.compile(r"\.(?=[^.]*[A-Za-z])[A-Za-z0-9]{1,5}")
NUMBERED = 6


@dataclass(frozen=True)
class Renewal:
    """A column whose values are renewed: all of them on both sides, () where train lacks it."""

    column: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    of_files: bool

    def stems(self) -> list[str]:
        """All values without folder and suffix."""
        values = [*self.train, *self.test]
        return [cut(value, True)[1] for value in values] if self.of_files else values

    def test_folder(self) -> str | None:
        """The one folder in which all test values lie, if training values lie elsewhere."""
        if not self.of_files:
            return None
        folders = {cut(value, True)[0] for value in self.test}
        others = {cut(value, True)[0] for value in self.train}
        return folders.pop() if len(folders) == 1 and folders != others else None


@dataclass(frozen=True)
class Drawn:
    """New names, and new ids of the withheld rows where the training table has none."""

    names: Names
    unnamed: tuple[str, ...] | None = None


def named_columns(task: Task) -> list[str]:
    """The columns that name rows, their files, or the sequences of texts; the id first."""
    columns = [task.id_column, *(media.column for media in task.layout.media)]
    columns.append(sequence_of(task))
    return list(dict.fromkeys(name for name in columns if name is not None))


def sequence_of(task: Task) -> str | None:
    """The column that names sequences of texts: withheld ones must not join those of the test."""
    source = task.layout.source
    return source.sequence if source is not None and source.sequence else None


def renewals(
    rows: Rows, task: Task, others: dict[str, str]
) -> tuple[list[Renewal], dict[str, str]]:
    """What is renewed, and for what is not the reason; `others` gives reasons known before."""
    found: list[Renewal] = []
    stays: dict[str, str] = {}
    of_files = {media.column for media in task.layout.media}
    for column in named_columns(task):
        train, test = rows.texts("train", column), rows.texts("test", column)
        if test is None or not test:
            stays[column] = "the test lacks it"
            continue
        renewal = Renewal(column, tuple(train or ()), tuple(test), column in of_files)
        reason = others.get(column) or why_it_stays(renewal, task)
        if reason is None:
            found.append(renewal)
        else:
            stays[column] = reason
    return found, stays


def why_it_stays(renewal: Renewal, task: Task) -> str | None:
    """The reason for which values of a column are not renewed; None if they are."""
    for one in task.layout.related:
        both = set(one.keys) & set(named_columns(task))
        if renewal.column in both and len(both) > 1:
            return f"{one.file} is found by several names"
        if renewal.column in one.keys and renewal.column not in (one.table_keys or one.keys):
            return f"{one.file} calls it otherwise"
        if renewal.column in one.form.partitions:
            return f"folders in {one.file} are called by it"
    reason = None if renewal.column == sequence_of(task) else structure(renewal.stems())
    apart = any(m.train != m.test for m in task.layout.media if m.column == renewal.column)
    if reason is not None and apart and set(renewal.train) & set(renewal.test):
        return None
    return reason


def draw(columns: Sequence[Renewal], task: Task, split: Split, seed: int) -> Drawn:
    """Draw new values for the rows of a shadow; rows that share a value keep sharing one."""
    new: dict[str, dict[tuple[Side, str], str]] = {}
    moved: dict[str, str] = {}
    unnamed: tuple[str, ...] | None = None
    for number, column in enumerate(columns):
        keys = keys_of(column, split)
        missing = len(split.withheld) if not column.train and column.column == task.id_column else 0
        rng = np.random.default_rng(seed if number == 0 else [seed, number])
        drawn = new_stems(column.stems(), len(keys) + missing, rng)
        if missing:
            unnamed, drawn = tuple(drawn[:missing]), drawn[missing:]
        named = zip(keys, drawn, strict=True)
        if column.of_files:
            new[column.column] = {
                (side, old): recast(old, stem, True) for (side, old), stem in named
            }
        else:
            new[column.column] = dict(named)
        folder = column.test_folder()
        if folder is not None:
            moved[column.column] = folder
    return Drawn(Names(new, moved), unnamed)


def exchanged(rows: Rows, column: str | None, seed: int) -> Names:
    """Names under which the rows of each side have changed the values of a column."""
    known: dict[tuple[Side, str], str] = {}
    sides: tuple[Side, ...] = ("train", "test")
    for number, side in enumerate(sides):
        values = list(dict.fromkeys(rows.texts(side, column) or ())) if column else []
        order = np.random.default_rng([seed, number]).permutation(len(values))
        known |= {
            (side, old): values[place] for old, place in zip(values, order.tolist(), strict=True)
        }
    return Names({column: known}) if column else Names()


def keys_of(column: Renewal, split: Split) -> list[tuple[Side, str]]:
    """The distinct values of a shadow's rows with the side where each really stands."""
    keys: list[tuple[Side, str]] = []
    if column.train:
        for rows in (split.kept, split.withheld):
            keys += [("train", value) for value in picked(column.train, rows)]
    keys += [("test", value) for value in picked(column.test, split.test)]
    return list(dict.fromkeys(keys))


def new_stems(old: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Distinct new names that look like the old ones; plain numbers where those are no names.

    No two differ in upper and lower case alone, as many disks take them for one.
    """
    forms = sorted(set(old) - {""})
    if forms and all(PLAIN.fullmatch(form) for form in forms):
        drawn = fresh(forms, count, rng)
        if len({name.lower() for name in drawn}) == count:
            return drawn
    return [f"{number:0{NUMBERED}d}" for number in rng.permutation(count)]


def cut(value: str, of_files: bool) -> tuple[str, str, str]:
    """Folder, stem and suffix of a value; an id that names no file is all stem."""
    if not of_files:
        return "", value, ""
    folder, slash, name = value.rpartition("/")
    stem, suffix = name, PurePosixPath(name).suffix
    if suffix and SUFFIX.fullmatch(suffix) and len(suffix) < len(name):
        stem = name[: -len(suffix)]
    else:
        suffix = ""
    return folder if slash else "", stem, suffix


def recast(old: str, stem: str, of_files: bool) -> str:
    """A new stem in the folder and with the suffix of the old value."""
    folder, _, suffix = cut(old, of_files)
    return (f"{folder}/" if folder else "") + stem + suffix
