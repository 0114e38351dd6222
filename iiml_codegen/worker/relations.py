"""How the test rows relate to the training rows: shared groups, and places in time.

A random split is the null hypothesis: what it would give is computed and said beside what is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .columns import Column
from .dates import Positions, as_numbers
from .name_words import names_a_time
from .roles import Role

REPEATED_ROWS = 0.2
MANY_GROUPS = 20
MANY_GROUPS_SHARE = 0.02
NEW, SAME = 0.05, 0.99
EXPECTED = 0.3
GROUP_SIGNAL = 0.02
FEWEST_GROUPS = 10
"""With fewer groups in train, five folds would be of one group each, or two."""
AFTER = 0.95
LONG_RUNS = 5.0
FEWEST_RUNS = 3
SHARED_MOMENTS = 0.2


def relation(
    column: Column, role: Role, signal: float, seed: int, time: str = ""
) -> dict[str, Any] | None:
    """Plain `Relation` of one column that both tables have, or None if it sets nothing apart.

    `time` is a column that is known to count time, whatever it is called.
    """
    if not (column.in_train and column.in_test and len(column.test)):
        return None
    counts_time = role.name in ("number", "ordinal_code") and (
        column.name == time or names_a_time(column.name)
    )
    if role.name == "date" or counts_time:
        return _in_time(column, role, seed)
    if role.name == "category":
        return _in_groups(column, signal)
    return None


def _in_groups(column: Column, signal: float) -> dict[str, Any] | None:
    test = len(column.seen)
    if not test or test == column.counts.sum():
        return None
    seen, expected = float(column.seen.mean()), expected_overlap(column.counts, test)
    evidence = (
        f"{seen:.0%} of test rows have a {column.name} that train has too; "
        f"a random split would give {expected:.0%}"
    )
    groups = int(column.train.nunique())
    found = {"column": column.name, "kind": "group", "evidence": evidence, "distinct": groups}
    found["even"] = bool((column.counts == column.counts[0]).all())
    if seen <= NEW and expected >= EXPECTED and groups >= FEWEST_GROUPS:
        return {**found, "test_is": "new_groups"}
    if not _names_groups(column) or signal < GROUP_SIGNAL:
        return None
    return {**found, "test_is": "same_groups" if seen >= SAME else "mixed_groups"}


def _names_groups(column: Column) -> bool:
    """Many values, and many rows that share theirs with another row."""
    counts = column.counts
    repeated = counts[counts > 1].sum() / len(column.both)
    many = len(counts) >= max(MANY_GROUPS, MANY_GROUPS_SHARE * len(column.both))
    return bool(many and repeated >= REPEATED_ROWS)


def expected_overlap(counts: Positions, test: int) -> float:
    """Share of test rows whose value train would have too if the split were random.

    `counts` says how many rows of either table have each value, `test` how many of them all are in
    the test. A test row in a group of c misses train only if all c - 1 others fell into the test.
    """
    rows = counts.sum()
    return float((counts * (1 - (test / rows) ** (counts - 1.0))).sum() / rows)


def _in_time(column: Column, role: Role, seed: int) -> dict[str, Any] | None:
    form = role.date_format
    train, test = as_numbers(column.train, form), as_numbers(column.test, form)
    train, test = train[np.isfinite(train)], test[np.isfinite(test)]
    if len(train) < 2 or len(test) < 2:
        return None
    found = {"column": column.name, "kind": "time", "distinct": len(np.unique(train))}
    later = float((test > np.quantile(train, 0.99)).mean())
    if later >= AFTER and test.max() > train.max():
        evidence = f"{later:.0%} of test rows lie after 99% of the training rows in {column.name}"
        return {**found, "test_is": "after", "evidence": evidence}
    shared = float(np.isin(test, train).mean())
    runs = mixed_runs(train, test, seed)
    usual = (len(train) + len(test)) / len(train)
    between = runs.mean() >= LONG_RUNS * usual and len(runs) >= FEWEST_RUNS
    if between and shared < SHARED_MOMENTS:
        evidence = (
            f"the test holds {len(runs)} stretches of {column.name}, {runs.mean():.0f} rows each "
            f"on average, between training rows; in a random split they would have {usual:.1f}"
        )
        return {**found, "test_is": "between", "evidence": evidence}
    if role.name != "date":
        return None
    evidence = (
        f"{later:.0%} of test rows lie after 99% of the training rows in {column.name}; runs of "
        f"test rows have {runs.mean():.1f} rows, {usual:.1f} in a random split"
    )
    return {**found, "test_is": "overlapping", "evidence": evidence}


def mixed_runs(
    train: np.typing.NDArray[np.float64], test: np.typing.NDArray[np.float64], seed: int
) -> Positions:
    """Lengths of runs of test rows in time; rows of one moment stand in random order."""
    both = np.concatenate([train, test])
    flags = np.concatenate([np.zeros(len(train), np.int64), np.ones(len(test), np.int64)])
    shuffled = np.random.default_rng(seed).permutation(len(both))
    flags = flags[shuffled][np.argsort(both[shuffled], kind="stable")]
    edges = np.diff(np.concatenate([[0], flags, [0]]))
    return np.asarray(np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0), np.int64)
