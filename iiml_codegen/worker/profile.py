"""Verb `profile`: everything measured about a competition's tables, as a plain `DataProfile`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import targets
from .columns import Column, columns_of
from .counting import repeats
from .dates import Positions
from .drift import adversarial_auc, codes_of, drift, numbers_of, unseen_share
from .layouts import find_layout
from .layouts.file_rows import FILE_COLUMN
from .layouts.picture_pixels import PICTURE
from .leaks import by_presence, by_value
from .letters import letters
from .media_profile import media_profiles
from .number_lists import number_list
from .one_hot import one_hot_groups
from .patterns import string_patterns, text_traits
from .phrase_pairs import phrase_pairs
from .places import maps
from .rasters import rasters
from .relations import relation
from .roles import Role, role_of
from .same_moments import same_moments
from .sequences import new_group, sequences
from .single_column import BINS, signal, value_codes
from .target_profile import skewness, target_profiles
from .targets import Floats
from .task import Task, task_from
from .text_signal import text_signal
from .text_sources import whole_sequences
from .warnings_said import warnings_said

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 20_000
ROWS_A_VALUE = 4
"""Rows that a value has on average where its signal says something."""
MOST_TEXTS = 30
"""More columns of free text are measured by the length of their texts."""
MIXING, HALF = 0x9E3779B97F4A7C15, 32
EXAMPLES = 5
EXAMPLE_CHARACTERS = 80


@dataclass(frozen=True)
class Measured:
    """One column with its role and what it alone says; `column` holds some rows only."""

    column: Column
    role: Role
    signal: float
    plain: dict[str, Any]
    relation: dict[str, Any] | None

    @property
    def in_both(self) -> bool:
        """True if it can be a feature at all."""
        return self.column.in_train and self.column.in_test


def profile(params: dict[str, Any]) -> dict[str, Any]:
    """Measure a competition; expensive parts look at 20,000 seeded rows of each table."""
    folder, task, seed = Path(params["folder"]), task_from(params["task"]), int(params["seed"])
    layout = find_layout(folder, task)
    texts = layout.labels()
    target = targets.encode(texts, task)
    train_rows, test_rows = layout.train(), layout.test()
    features = without_names(train_rows, task).drop(columns=list(task.targets))
    test = without_names(test_rows, task)
    picked, fewer = _fewer(features, seed), _fewer(test, seed + 1)
    looked = Looked(task, target[picked], picked, fewer, seed)
    pixels = task.layout.pixels is not None
    repeated = RepeatedRows(len(features), len(test))
    measured = []
    for column in columns_of(features, test):
        role = role_of(column, task.id_column)
        repeated.add(column, role)
        measured.append(looked.measured(column, role))
    again = same_moments(_with_roles(measured), task.id_column)
    for one in measured:
        one.plain["same_moments"] = again.get(one.column.name, "")
    plain = [one.plain for one in measured]
    source = task.layout.source
    apart = pixels or source is not None
    steps = None if apart else sequences(features, test, without_ends(plain, task))
    relations = [APART] if pixels else _relations(measured)
    if source is not None:
        relations = whole_sequences(features, source)
    found: dict[str, Any] = {
        "train_rows": len(features),
        "test_rows": len(test),
        "columns": plain,
        "targets": target_profiles(texts, target, task),
        **repeated.counted(),
        "constant_prediction_score": None,
        "leaks": [] if pixels or source else _leaks(measured, target[picked], task),
        "relations": [*relations, *new_group(steps, relations)],
        "sequences": steps,
        "adversarial_auc": adversarial_auc(_with_roles(measured), len(picked), seed),
        "one_hot_groups": one_hot_groups(_with_roles(measured)),
        "rasters": rasters(_with_roles(measured), seed),
        "phrase_pairs": phrase_pairs(_with_roles(measured), seed),
        "maps": looked.maps(measured),
        "media": media_profiles(
            folder, task.layout.media, layout, {"train": train_rows, "test": test_rows}
        ),
    }
    return {**found, "warnings": warnings_said(found, task)}


def without_names(rows: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Rows without the paths of files: training paths may hold labels, and no path is a feature."""
    return rows.drop(columns=[FILE_COLUMN] if task.layout.train_files else [])


def without_ends(columns: list[dict[str, Any]], task: Task) -> list[dict[str, Any]]:
    """Columns without the one that counts steps of sequences backwards."""
    form = task.layout.steps
    return [one for one in columns if form is None or one["name"] != form.after]


def _with_roles(measured: list[Measured]) -> list[tuple[Column, Role]]:
    return [(one.column, one.role) for one in measured]


def _fewer(table: pd.DataFrame, seed: int) -> Positions:
    """Positions of at most `MOST_ROWS` rows, in file order."""
    rows = np.random.default_rng(seed).permutation(len(table))[:MOST_ROWS]
    return np.sort(rows)


@dataclass
class Looked:
    """How columns are measured one by one; `texts` counts those whose words were looked at."""

    task: Task
    target: Floats
    train: Positions
    test: Positions
    seed: int
    texts: int = 0

    def measured(self, column: Column, role: Role) -> Measured:
        """All that is known of one column; of the values only some rows are kept."""
        part = column.part(self.train, self.test)
        panel = self.task.layout.panel
        alone, apart = self._signal_and_drift(part, role)
        plain = _plain(column, role, alone, apart)
        plain["number_list"] = number_list(column, role)
        plain["value_signal"] = round(self._value_signal(part, role), 4)
        if plain.get("patterns") == []:
            has_classes = self.task.has_classes or self.task.kind == "multilabel"
            plain["letters"] = letters(part, role, self.target, has_classes, self.seed)
        return Measured(
            part,
            role,
            alone,
            plain=plain,
            relation=relation(column, role, alone, self.seed, panel.time if panel else ""),
        )

    def maps(self, measured: list[Measured]) -> list[dict[str, Any]]:
        """Columns that together are points, and what a single place tells."""
        has_classes = self.task.has_classes or self.task.kind == "multilabel"
        return maps(_with_roles(measured), self.target, has_classes, self.seed)

    def _signal_and_drift(self, part: Column, role: Role) -> tuple[float, float]:
        """Signal and drift of one column; names of rows have no signal."""
        if role.name == "constant":
            return 0.0, 0.5
        codes, rows = codes_of(part, role), len(part.train)
        has_classes = self.task.has_classes or self.task.kind == "multilabel"
        alone = 0.0
        if part.in_train and role.name == "text" and self.texts < MOST_TEXTS:
            self.texts += 1
            alone = text_signal(part.train, self.target, has_classes, self.seed)
        elif part.in_train and (role.name != "id" or part.kind != "string"):
            alone = signal(codes[:rows], self.target, has_classes, self.seed)
        apart = drift(codes, rows, self.seed) if part.in_train and len(part.test) else 0.5
        return alone, apart

    def _value_signal(self, part: Column, role: Role) -> float:
        """Signal of a whole number's single values, where it has many that come again and again."""
        rows = len(part.train)
        many = BINS < part.distinct <= rows / ROWS_A_VALUE
        if role.name != "number" or part.kind != "int" or not part.in_train or not many:
            return 0.0
        has_classes = self.task.has_classes or self.task.kind == "multilabel"
        return signal(value_codes(part.train), self.target, has_classes, self.seed)


def _plain(column: Column, role: Role, alone: float, apart: float) -> dict[str, Any]:
    """Plain `ColumnProfile`, with the signal of the column alone and how far the tables differ."""
    found = {
        "name": column.name,
        "role": role.name,
        "why": role.why,
        "in_train": column.in_train,
        "in_test": column.in_test,
        "dtype": column.kind,
        "distinct": column.distinct,
        "missing_train": column.missing(column.train),
        "missing_test": column.missing(column.test),
        "drift": round(apart, 4),
        "unseen_share": unseen_share(column),
        "signal": round(alone, 4),
        "date_format": role.date_format,
        "number_form": None if column.number_form is None else asdict(column.number_form),
        "examples": _examples(column),
    }
    if column.kind in ("int", "float") and role.name != "date" and len(column.present):
        found |= _moments(numbers_of(column, role))
    if column.kind == "string" and role.name in ("text", "category", "id"):
        found["patterns"] = string_patterns(column.text)
    if role.name == "text":
        found["text"] = text_traits(column.text, column.distinct)
    return found


def _examples(column: Column) -> list[str]:
    shown = column.present.head(200).astype(str).unique()[:EXAMPLES]
    return [value[:EXAMPLE_CHARACTERS] for value in shown]


def _moments(values: pd.Series) -> dict[str, float | None]:
    numbers = values.to_numpy(np.float64)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return {}
    return {
        "minimum": float(known.min()),
        "maximum": float(known.max()),
        "median": float(np.median(known)),
        "skewness": skewness(known),
    }


APART = {
    "column": PICTURE,
    "kind": "group",
    "test_is": "new_groups",
    "evidence": "all pixels of a picture are in train, or all are in the test",
}
"""The plain `Relation` of rows that are pixels."""


class RepeatedRows:
    """Which rows have the same values in all columns that both tables have, ids aside."""

    def __init__(self, train_rows: int, test_rows: int) -> None:
        self.train_rows = train_rows
        self.hashes = np.zeros(train_rows + test_rows, np.uint64)
        self.columns = 0

    def add(self, column: Column, role: Role) -> None:
        """Let one more column tell rows apart."""
        if column.in_train and column.in_test and role.name != "id":
            self.columns += 1
            self.hashes ^= (column.coded[0] + 2).astype(np.uint64)
            self.hashes *= np.uint64(MIXING)
            self.hashes ^= self.hashes >> np.uint64(HALF)

    def counted(self) -> dict[str, int]:
        """Training rows that repeat an earlier one, and test rows that train has too."""
        if not self.columns:
            return {"duplicate_train_rows": 0, "shared_rows": 0}
        first, second = self.hashes[: self.train_rows], self.hashes[self.train_rows :]
        return {
            "duplicate_train_rows": repeats(first),
            "shared_rows": int(np.isin(second, first).sum()),
        }


def _leaks(measured: list[Measured], target: Floats, task: Task) -> list[dict[str, Any]]:
    """Plain `Leak`s among the columns that could be features; a text may well say everything."""
    usable = [one for one in measured if one.in_both and one.column.name != task.id_column]
    has_classes = task.has_classes or task.kind == "multilabel"
    signals = {one.column.name: one.signal for one in usable if one.role.name != "text"}
    found = by_value(signals, has_classes)
    named = {leak["column"] for leak in found}
    if task.has_classes:
        for one in usable:
            leak = by_presence(one.column, target) if one.column.name not in named else None
            found += [leak] if leak else []
    return found


def _relations(measured: list[Measured]) -> list[dict[str, Any]]:
    """Plain `Relation`s, the columns that say most about the target first."""
    ranked = sorted(measured, key=lambda one: -one.signal)
    return [one.relation for one in ranked if one.relation is not None]
