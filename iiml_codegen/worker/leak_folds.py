"""Verb `compare_folds`: ids, groups and times that folds share though train and test do not.

A fold whose rows have company in its training rows, where the real test's rows have none, is
easier than the test: its score promises too much.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .dates import moments_of
from .errors import DataError
from .layouts import find_layout
from .task import task_from

if TYPE_CHECKING:
    import pandas as pd

EASIER = 0.3
"""A column is named where so much more of a fold's rows than of the test's have company."""
LEAST_COMPANY = 0.5
FEWEST_GROUPS = 10
LARGEST_SHARE = 0.5
"""Groups: values that repeat, but at most so many distinct ones per row."""
BEYOND = 0.9
MOST_COLUMNS = 60
Rows = npt.NDArray[np.int64]


def compare_folds(params: dict[str, Any]) -> dict[str, Any]:
    """Columns whose values are shared between folds and not between train and test.

    `folds` are dicts of `rows` and `fold_rows` (`.npy`), as `shadows` wrote them; `times` are the
    columns known as dates. Places in a sequence are amounts, and name no groups.
    """
    task = task_from(params["task"])
    layout = find_layout(Path(params["folder"]), task)
    train, test = layout.train(), layout.test()
    folds = [kept_and_withheld(fold) for fold in params["folds"]]
    hidden, times = set(task.hidden_columns), set(params.get("times", ()))
    steps = task.layout.steps
    hidden |= {steps.before, steps.after} if steps else set()
    shared = [name for name in test.columns if name in train.columns and name not in hidden]
    found: list[dict[str, Any]] = []
    for name in shared[:MOST_COLUMNS]:
        if name in times:
            found += in_time(name, train[name], test[name], folds)
        elif are_groups(train[name]):
            found += in_groups(name, train[name], test[name], folds)
    return {"columns": found, "looked_at": len(shared[:MOST_COLUMNS])}


def kept_and_withheld(fold: dict[str, Any]) -> tuple[Rows, Rows]:
    """Training positions that a shadow keeps and withholds."""
    rows = np.load(fold["rows"], allow_pickle=False)
    return rows[: fold["train_rows"]], np.load(fold["fold_rows"], allow_pickle=False)


def are_groups(column: pd.Series) -> bool:
    """Values that repeat, are not amounts, and are too many for classes."""
    if column.dtype.kind == "f":
        return False
    distinct = column.nunique()
    return FEWEST_GROUPS <= distinct <= LARGEST_SHARE * len(column)


def in_groups(
    name: str, train: pd.Series, test: pd.Series, folds: list[tuple[Rows, Rows]]
) -> list[dict[str, Any]]:
    """The column, if rows of folds find their group in train and rows of the test do not."""
    codes, asked = group_codes(train, test)
    to_test = in_company(codes, asked)
    to_folds = float(np.mean([in_company(codes[kept], codes[held]) for kept, held in folds]))
    if to_folds < LEAST_COMPANY or to_folds - to_test < EASIER:
        return []
    return [{"column": name, "by": "group", "folds": to_folds, "test": to_test}]


def group_codes(train: pd.Series, test: pd.Series) -> tuple[Rows, Rows]:
    """A number for each distinct value of both sides, gaps included."""
    import pandas as pd

    sides = [train, test] if train.dtype == test.dtype else [train.astype(str), test.astype(str)]
    codes, _ = pd.factorize(pd.concat(sides, ignore_index=True), use_na_sentinel=False)
    return codes[: len(train)], codes[len(train) :]


def in_company(kept: Rows, asked: Rows) -> float:
    """Share of rows whose group has others among those kept."""
    known = np.zeros(1 + max(kept.max(initial=0), asked.max(initial=0)), np.bool_)
    known[kept] = True
    return float(known[asked].mean())


def in_time(
    name: str, train: pd.Series, test: pd.Series, folds: list[tuple[Rows, Rows]]
) -> list[dict[str, Any]]:
    """The column, if the test lies after train and the folds do not lie after what they keep."""
    try:
        moments, _ = moments_of(train, test)
        asked, _ = moments_of(test, train)
    except DataError:
        return []
    if not np.isfinite(moments).any() or not np.isfinite(asked).any():
        return []
    beyond = float((asked > np.nanmax(moments)).mean())
    rates = [after(moments[kept], moments[withheld]) for kept, withheld in folds]
    to_folds = float(np.mean(rates))
    if beyond < BEYOND or to_folds >= BEYOND - EASIER:
        return []
    return [{"column": name, "by": "time", "folds": 1 - to_folds, "test": 1 - beyond}]


def after(kept: npt.NDArray[np.float64], withheld: npt.NDArray[np.float64]) -> float:
    """Share of withheld rows that lie after all kept ones."""
    if not np.isfinite(kept).any():
        return 1.0
    return float((withheld > np.nanmax(kept)).mean())
