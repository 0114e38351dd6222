"""Finds features that are the target: equal, or the same labels under other codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from .metrics_labels import Floats
from .observation import as_numbers, columns_of

RECODED_ROWS = 100
"""Fewer rows than this can agree with a recoded target by chance."""
RECODED_LABELS = 50
FEWEST_APART = 10
FIRST_ROWS = 1000
"""Looked at before all are, which takes long for numbers of many digits."""


def copies_of_target(features: Any, target: Any) -> list[str]:
    """Names (or numbers) of columns that equal a target column or recode its labels.

    Of several targets those that few rows tell apart do not count, as rare values meet by chance.
    """
    targets = [number for _, c in columns_of(target) if (number := as_numbers(c)) is not None]
    targets = [t for t in targets if len(np.unique(t)) > 1]
    if len(targets) > 1:
        targets = [t for t in targets if rows_apart(t) >= FEWEST_APART]
    if sparse.issparse(features):
        return _sparse_copies(features, targets)
    if not isinstance(features, (pd.DataFrame, pd.Series, np.ndarray)):
        return []
    return [name for name, c in columns_of(features) if any(_repeats(c, t) for t in targets)]


def rows_apart(target: Floats) -> int:
    """How many rows have another value than most."""
    counts = np.unique(target, return_counts=True)[1]
    return int(counts.sum() - counts.max())


def _sparse_copies(features: Any, targets: list[Floats]) -> list[str]:
    """Columns with as many entries as the target has, compared one by one."""
    stored = features.tocsc()
    entries = np.diff(stored.indptr)
    found: list[str] = []
    for target in targets:
        for place in np.flatnonzero(entries == np.count_nonzero(target)):
            column = np.asarray(stored[:, [place]].todense()).ravel()
            if np.array_equal(column.astype(np.float64), target):
                found.append(str(place))
    return found


def _repeats(column: Any, target: Floats) -> bool:
    numbers = as_numbers(column)
    if numbers is not None and np.array_equal(numbers, target):
        return True
    return _recodes(column, target)


def _recodes(column: Any, target: Floats) -> bool:
    """Do values and labels stand for each other, one to one?"""
    if len(target) < RECODED_ROWS:
        return False
    labels = np.unique(target)
    if len(labels) > RECODED_LABELS:
        return False
    first = column[:FIRST_ROWS]
    try:
        return _pairs_off(first, target[:FIRST_ROWS]) and _pairs_off(column, target)
    except TypeError:  # lists and the like, which have no hash
        return False


def _pairs_off(column: Any, target: Floats) -> bool:
    """Each value meets one label and each label one value; true of all rows only if of some."""
    labels = np.unique(target)
    values = pd.factorize(column, use_na_sentinel=False)[0]
    distinct = int(values.max()) + 1
    if distinct != len(labels):
        return False
    codes = np.searchsorted(labels, target)
    return len(np.unique(values * len(labels) + codes)) == distinct
