"""How far the test rows differ from the training rows, column by column and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .columns import Column
from .dates import as_numbers
from .roles import Role
from .single_column import Cells, Codes, Floats, auc, bin_codes, folds_for, value_codes

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 5_000
TREES = 40
LEAF = 20


def codes_of(column: Column, role: Role) -> Codes:
    """Codes of a column over training and test rows: values, or bins of numbers and times.

    Texts and names of rows are coded by their length, as no value comes twice.
    """
    if role.name in ("text", "id") and column.kind == "string":
        return bin_codes(column.both.astype("object").map(_length).astype(float))
    if role.name in ("category", "boolean") or (column.kind == "string" and role.name != "date"):
        return value_codes(column.both)
    return bin_codes(numbers_of(column, role))


def _length(value: object) -> float:
    return float(len(value)) if isinstance(value, str) else float("nan")


def numbers_of(column: Column, role: Role) -> pd.Series:
    """A column of numbers or dates as floats over training and test rows."""
    import pandas as pd

    if role.name == "date":
        return pd.Series(as_numbers(column.both, role.date_format))
    return column.both.astype(float)


def drift(codes: Codes, train_rows: int, seed: int) -> float:
    """AUC of telling test rows from training rows by one column, 0.5 (alike) to 1."""
    is_test = np.arange(len(codes)) >= train_rows
    return Cells(codes, seed).auc(is_test)


def unseen_share(column: Column) -> float:
    """Share of the test's values that no training row has."""
    if not (column.in_train and column.in_test and len(column.seen)):
        return 0.0
    return float((~column.seen).mean())


def adversarial_auc(columns: list[tuple[Column, Role]], train_rows: int, seed: int) -> float | None:
    """Out-of-fold AUC of telling test from training rows by all columns; None without columns.

    Names of rows and free texts are left out. Extremely randomised trees on at most 5,000 rows.
    """
    usable = [(c, r) for c, r in columns if r.name not in ("id", "text", "constant")]
    usable = [(c, r) for c, r in usable if c.in_train and c.in_test]
    if not usable or not len(usable[0][0].test):
        return None
    rows = len(usable[0][0].both)
    picked = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_ROWS])
    features = np.stack([_feature(column, role)[picked] for column, role in usable], axis=1)
    return _separable(features, picked >= train_rows, seed)


def _feature(column: Column, role: Role) -> Floats:
    if role.name == "category" or (column.kind == "string" and role.name != "date"):
        counts = column.both.map(column.both.value_counts())
        return np.asarray(counts.fillna(0), np.float64)
    values = numbers_of(column, role).to_numpy(np.float64)
    known = np.isfinite(values)
    low = values[known].min() - 1 if known.any() else 0.0
    return np.where(known, values, low)


def _separable(features: Floats, is_test: npt.NDArray[np.bool_], seed: int) -> float:
    from sklearn.ensemble import ExtraTreesClassifier

    fold = folds_for(len(is_test), seed)
    scores = np.full(len(is_test), 0.5)
    for number in np.unique(fold):
        inside = fold == number
        if len(np.unique(is_test[~inside])) < 2:
            continue
        trees = ExtraTreesClassifier(TREES, min_samples_leaf=LEAF, random_state=seed, n_jobs=1)
        trees.fit(features[~inside], is_test[~inside])
        scores[inside] = trees.predict_proba(features[inside])[:, 1]
    return auc(is_test, scores)
