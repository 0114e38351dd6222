"""Verb `find_duplicates`: rows that stand twice, exactly or nearly, across train and test or folds.

Target and names of rows are left out of the comparison. Files are compared by their bytes alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .layouts import Layout, find_layout
from .leak_row_keys import Ints, Keys, RowKeys, long_texts, plain_numbers, row_keys
from .task import Task, task_from

MOST_ROWS = 20_000
LARGEST_CLUSTER = 200
"""More rows alike than this are a habit of the data, such as empty texts, and no copies."""
NEIGHBOURS = 5
Pair = tuple[int, int]


def find_duplicates(params: dict[str, Any]) -> dict[str, Any]:
    """Counts of exact and near copies: across train and test, across folds, and of their labels.

    `target` is the file of all labels, `folds` those of the rows that each fold withholds, `named`
    the columns that only name rows.
    """
    task = task_from(params["task"])
    layout = find_layout(Path(params["folder"]), task)
    target = np.load(params["target"], allow_pickle=False).reshape(layout.train_rows, -1)
    fold = np.full(layout.train_rows, -1)
    for number, rows in enumerate(params["folds"]):
        fold[np.load(rows, allow_pickle=False)] = number
    kept = sampled(layout.train_rows, 0), sampled(layout.test_rows, 1)
    train, test = keys_of(layout, task, kept, params.get("named", []))
    fold, target = fold[kept[0]], target[kept[0]]
    near = list(near_copies(train, test))
    return {
        "sampled": layout.train_rows > MOST_ROWS or layout.test_rows > MOST_ROWS,
        "rows": [len(rows) for rows in kept],
        "exact": counted(list(copies(train.exact, test.exact)), fold, target),
        "near": counted(near, fold, target) if train.near else None,
    }


def sampled(count: int, seed: int) -> Ints:
    """All rows, or random ones in their order."""
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng([9, seed]).permutation(count)[:MOST_ROWS])


def keys_of(
    layout: Layout, task: Task, kept: tuple[Ints, Ints], named: list[str]
) -> tuple[RowKeys, RowKeys]:
    """The keys of the rows of both sides; none where they have nothing in common."""
    files = getattr(layout, "files", None)
    if files is not None:
        train, test = (
            RowKeys([files[side][row].digest for row in rows.tolist()], [])
            for side, rows in zip(("train", "test"), kept, strict=True)
        )
        return train, test
    frames = layout.train().iloc[kept[0]], layout.test().iloc[kept[1]]
    gone = {*task.hidden_columns, *named}
    columns = [c for c in frames[1].columns if c in frames[0].columns and c not in gone]
    if not columns:
        return RowKeys([], []), RowKeys([], [])
    own, asked = frames[0][columns], frames[1][columns]
    long, numbers = long_texts(own), plain_numbers(own, asked)
    return row_keys(own, long, numbers), row_keys(asked, long, numbers)


def copies(train: Keys, test: Keys) -> Iterator[Pair]:
    """Pairs of training rows with one key, and (-1 - test row, training row)."""
    places: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(train):
        places[key].append(row)
    for row, key in enumerate(test):
        others = places.get(key, [])
        if len(others) <= LARGEST_CLUSTER:
            yield from ((-1 - row, other) for other in others[:NEIGHBOURS])
    for rows in places.values():
        if 1 < len(rows) <= LARGEST_CLUSTER:
            for place, row in enumerate(rows):
                yield from ((row, other) for other in rows[place + 1 : place + 1 + NEIGHBOURS])


def near_copies(train: RowKeys, test: RowKeys) -> Iterator[Pair]:
    """The same for near keys, without exact copies, each pair once."""
    seen: set[Pair] = set()
    for own, others in zip(train.near, test.near, strict=True):
        for pair in copies(own, others):
            if pair not in seen and is_near(pair, train, test):
                seen.add(pair)
                yield pair


def is_near(pair: Pair, train: RowKeys, test: RowKeys) -> bool:
    """Whether two rows are alike and no exact copies."""
    side, row = (test, -1 - pair[0]) if pair[0] < 0 else (train, pair[0])
    return side.exact[row] != train.exact[pair[1]] and side.alike(row, train, pair[1])


def counted(
    pairs: list[Pair], fold: npt.NDArray[np.int64], target: npt.NDArray[np.float64]
) -> dict[str, Any]:
    """Rows with a copy on the other side or in another fold, and how often copies agree."""
    apart = [(a, b) for a, b in pairs if a >= 0 and fold[a] != fold[b]]
    between = [(a, b) for a, b in apart if min(fold[a], fold[b]) >= 0]
    same = [bool(np.array_equal(target[a], target[b])) for a, b in between]
    return {
        "test": len({row for row, _ in pairs if row < 0}),
        "folds": len({row for pair in between for row in pair}),
        "agree": float(np.mean(same)) if same else None,
    }
