"""A feature that alone says nearly all: one column against all of them, and against the others.

Every score is out of fold on one scale: 2 AUC - 1 for labels, R2 of ranks for amounts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from .leak_columns import numbers_of
from .leak_rows import Floats
from .observation import columns_of, kind_of
from .single_column import FOLDS, auc, bin_codes, folds_for, ranks_of, signal, value_codes

NEARLY = 0.95
LOST = 0.8
"""The others reach less than this share of the full score without the column."""
LEAST = 0.2
"""Where all columns together tell less than this, nothing stands out."""
MOST_COLUMNS = 120
MOST_ROWS = 2000
MOST_LONE = 3
TREES = {"n_estimators": 60, "min_samples_leaf": 3, "n_jobs": 1, "random_state": 0}


def lone_features(view: Any, target: Any, has_classes: bool) -> list[dict[str, Any]]:
    """Columns that reach `NEARLY` the score of all, while the others without them lose it."""
    columns = readable(view)
    wide = np.asarray(target, np.float64).reshape(len(target), -1)[:MOST_ROWS]
    columns = {name: column[:MOST_ROWS] for name, column in columns.items()}
    found: list[dict[str, Any]] = []
    for place in range(min(wide.shape[1], MOST_LONE)):
        found += lone_for(columns, wide[:, place], has_classes)
    return found[:MOST_LONE]


def lone_for(
    columns: dict[str, pd.Series], target: Floats, has_classes: bool
) -> list[dict[str, Any]]:
    """The same for one target."""
    alone = {name: signal(codes_of(c), target, has_classes, 0) for name, c in columns.items()}
    best = sorted(alone, key=lambda name: -alone[name])[:MOST_COLUMNS]
    if not best or alone[best[0]] < LEAST * NEARLY:
        return []
    table = np.stack([np.nan_to_num(numbers_of(columns[name]), nan=-1e9) for name in best], axis=1)
    full = max(together(table, target, has_classes), alone[best[0]])
    found = []
    for place, name in enumerate(best[:MOST_LONE]):
        if full < LEAST or alone[name] < NEARLY * full:
            break
        others = np.delete(table, place, axis=1)
        without = together(others, target, has_classes) if others.shape[1] else 0.0
        if without < LOST * full:
            scores = {"alone": alone[name], "full": full, "without": without}
            found.append({"column": name, **scores})
    return found


def readable(view: Any) -> dict[str, pd.Series]:
    """The columns of a view by name; of a wide sparse one those that are filled most."""
    if kind_of(view) == "sparse":
        table = view.tocsc()
        filled = np.argsort(-np.diff(table.indptr), kind="stable")[:MOST_COLUMNS]
        return {str(n): pd.Series(np.asarray(table[:, [n]].todense()).ravel()) for n in filled}
    return {name: pd.Series(column) for name, column in list(columns_of(view))[: 10 * MOST_COLUMNS]}


def codes_of(column: pd.Series) -> np.typing.NDArray[np.int64]:
    """A column as the codes of its bins or values."""
    plain = pd.api.types.is_numeric_dtype(column.dtype)
    return bin_codes(column) if plain else value_codes(column)


def together(table: Floats, target: Floats, has_classes: bool) -> float:
    """Out-of-fold score of a small forest on all columns."""
    fold = folds_for(len(target), 0)
    ranks = ranks_of(target)
    names = np.unique(target)
    guess = np.zeros((len(target), len(names) if has_classes else 1))
    for number in range(FOLDS):
        rest, mine = fold != number, fold == number
        if has_classes:
            forest = ExtraTreesClassifier(**TREES).fit(table[rest], target[rest])
            places = np.searchsorted(names, forest.classes_)
            guess[np.ix_(mine, places)] = forest.predict_proba(table[mine])
        else:
            forest = ExtraTreesRegressor(**TREES).fit(table[rest], ranks[rest])
            guess[mine, 0] = forest.predict(table[mine])
    if not has_classes:
        return float(max(0.0, 1 - ((ranks - guess[:, 0]) ** 2).mean() / (ranks.var() or 1.0)))
    if len(names) == 2:
        return 2 * auc(target == names[1], guess[:, 1]) - 1
    areas = [auc(target == name, guess[:, n]) for n, name in enumerate(names)]
    shares = [float((target == name).mean()) for name in names]
    return 2 * float(np.average(areas, weights=shares)) - 1
