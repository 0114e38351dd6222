"""Verb `profile`: everything measured about a competition's tables, as a plain `DataProfile`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import targets
from .columns import Column, columns_of
from .drift import adversarial_auc, codes_of, drift, numbers_of, unseen_share
from .layouts import find_layout
from .layouts.file_rows import FILE_COLUMN
from .leaks import by_presence, by_value
from .one_hot import one_hot_groups
from .patterns import string_patterns, text_traits
from .relations import relation
from .roles import Role, role_of
from .single_column import signal
from .target_profile import skewness, target_profiles
from .targets import Floats
from .task import Task, task_from
from .text_signal import text_signal
from .warnings_said import warnings_said

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 20_000
EXAMPLES = 5
EXAMPLE_CHARACTERS = 80


@dataclass(frozen=True)
class Measured:
    """One column with its role and what it alone says."""

    column: Column
    role: Role
    signal: float
    drift: float

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
    features = without_names(layout.train(), task).drop(columns=list(task.targets))
    test = without_names(layout.test(), task)
    whole = [(column, role_of(column, task.id_column)) for column in columns_of(features, test)]
    picked, fewer = _fewer(features, seed), _fewer(test, seed + 1)
    small = columns_of(features.iloc[picked], test.iloc[fewer])
    measured = [
        _measured(part, role, target[picked], task, seed)
        for part, (_, role) in zip(small, whole, strict=True)
    ]
    found: dict[str, Any] = {
        "train_rows": len(features),
        "test_rows": len(test),
        "columns": [_plain(column, one) for (column, _), one in zip(whole, measured, strict=True)],
        "targets": target_profiles(texts, target, task),
        **_repeated_rows(features, test, whole),
        "constant_prediction_score": None,
        "leaks": _leaks(measured, target[picked], task),
        "relations": _relations(whole, measured, seed),
        "adversarial_auc": adversarial_auc(_with_roles(measured), len(picked), seed),
        "one_hot_groups": one_hot_groups(whole),
    }
    return {**found, "warnings": warnings_said(found, task)}


def without_names(rows: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Rows without the paths of files: training paths may hold labels, and no path is a feature."""
    return rows.drop(columns=[FILE_COLUMN] if task.layout.train_files else [])


def _with_roles(measured: list[Measured]) -> list[tuple[Column, Role]]:
    return [(one.column, one.role) for one in measured]


def _fewer(table: pd.DataFrame, seed: int) -> np.typing.NDArray[np.int64]:
    """Positions of at most `MOST_ROWS` rows, in file order."""
    rows = np.random.default_rng(seed).permutation(len(table))[:MOST_ROWS]
    return np.sort(rows)


def _measured(column: Column, role: Role, target: Floats, task: Task, seed: int) -> Measured:
    """Signal and drift of one column; names of rows have no signal."""
    if role.name == "constant":
        return Measured(column, role, 0.0, 0.5)
    codes, rows = codes_of(column, role), len(column.train)
    has_classes = task.has_classes or task.kind == "multilabel"
    alone = 0.0
    if column.in_train and role.name == "text":
        alone = text_signal(column.train, target, has_classes, seed)
    elif column.in_train and (role.name != "id" or column.kind != "string"):
        alone = signal(codes[:rows], target, has_classes, seed)
    apart = drift(codes, rows, seed) if column.in_train and len(column.test) else 0.5
    return Measured(column, role, alone, apart)


def _plain(column: Column, measured: Measured) -> dict[str, Any]:
    """Plain `ColumnProfile`."""
    role = measured.role
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
        "drift": round(measured.drift, 4),
        "unseen_share": unseen_share(column),
        "signal": round(measured.signal, 4),
        "date_format": role.date_format,
        "number_form": None if column.number_form is None else asdict(column.number_form),
        "examples": _examples(column),
    }
    if column.kind in ("int", "float") and role.name != "date" and len(column.present):
        found |= _moments(numbers_of(column, role))
    if column.kind == "string" and role.name in ("text", "category", "id"):
        found["patterns"] = string_patterns(column.text)
    if role.name == "text":
        found["text"] = text_traits(column.text)
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


def _repeated_rows(
    train: pd.DataFrame, test: pd.DataFrame, columns: list[tuple[Column, Role]]
) -> dict[str, int]:
    """Training rows that repeat an earlier one, and test rows that train has too, ids aside."""
    import pandas as pd

    names = [
        column.name
        for column, role in columns
        if column.in_train and column.in_test and role.name != "id"
    ]
    if not names:
        return {"duplicate_train_rows": 0, "shared_rows": 0}
    both = pd.concat([train[names], test[names]], ignore_index=True)
    hashes = pd.util.hash_pandas_object(both, index=False).to_numpy()
    first, second = hashes[: len(train)], hashes[len(train) :]
    return {
        "duplicate_train_rows": len(first) - len(np.unique(first)),
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


def _relations(
    whole: list[tuple[Column, Role]], measured: list[Measured], seed: int
) -> list[dict[str, Any]]:
    """Plain `Relation`s, the columns that say most about the target first."""
    pairs = sorted(zip(whole, measured, strict=True), key=lambda pair: -pair[1].signal)
    found = [relation(column, role, one.signal, seed) for (column, role), one in pairs]
    return [one for one in found if one is not None]
