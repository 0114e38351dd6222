"""Verb `vary_test`: a shadow once more, with other test rows, other ids, or other labels in train.

What a row's features and predictions owe to its neighbours, its name or its own label shows when
only that changes. Variants are made from a shadow alone, so no withheld label can get into them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .built_once import built_once
from .errors import RequestError
from .layouts import FILE_KINDS, Layout, Positions, find_layout
from .layouts.linking import bring
from .layouts.rest import files_below
from .tables import is_table
from .task import Task, task_from

SEED = 3
MOST_BYTES = 1 << 28
FEWEST_ROWS = 4
"""Test rows below which half of them say nothing."""
Draw = Callable[[int, np.random.Generator], Positions]


def same(count: int, rng: np.random.Generator) -> Positions:
    """All rows in their order."""
    return np.arange(count)


def removed(count: int, rng: np.random.Generator) -> Positions:
    """A random half in its order."""
    return np.sort(rng.permutation(count)[: count // 2])


def repeated(count: int, rng: np.random.Generator) -> Positions:
    """All rows, and a third of them again at the end."""
    return np.concatenate([np.arange(count), np.sort(rng.permutation(count)[: count // 3])])


def shuffled(count: int, rng: np.random.Generator) -> Positions:
    """All rows in another order."""
    return rng.permutation(count)


DRAWS: dict[str, Draw] = {
    "same": same,
    "removed": removed,
    "repeated": repeated,
    "shuffled": shuffled,
    "ids": same,
    "labels": same,
}


def vary_test(params: dict[str, Any]) -> dict[str, Any]:
    """Build one variant of the shadow in `data`, or find it; `how` is one of DRAWS, or `early`.

    `early` keeps the test rows of the first half of the time in `column`. Answers with the
    variant's folder and which test row of the shadow each of its test rows is; `why_not` where the
    layout has no such variant.
    """
    task, how = task_from(params["task"]), params["how"]
    data, home = Path(params["data"]), Path(params["out"]) / how
    layout = find_layout(data, task)
    reason = why_not(layout, task, data, how)
    if reason:
        return {"why_not": reason}
    rng = np.random.default_rng([params.get("seed", 0), 11])
    rows = test_rows(layout, how, params.get("column"), rng)
    built_once(home, lambda aside: _write(layout, task, data, how, rows, aside))
    return {
        "data": str(home / "data"),
        "rows": str(home / "rows.npy"),
        "test_rows": len(rows),
        "renewed": layout.is_renewed(),
    }


def why_not(layout: Layout, task: Task, data: Path, how: str) -> str:
    """Why there is no such variant; empty where there is one."""
    if how not in DRAWS and how != "early":
        raise RequestError(f"no test rows are varied as {how!r}")
    if layout.wholes("test") is not None:
        return "rows are pixels of pictures, which cannot be parted"
    if layout.test_rows < FEWEST_ROWS:
        return f"there are {layout.test_rows} test rows"
    size = sum(path.stat().st_size for path in files_below(data) if is_table(path))
    if size > MOST_BYTES:
        return f"the tables of its shadow have {size / 2**30:.1f} GiB, too much to write again"
    if how == "ids":
        return layout.why_not_renamed()
    if how == "labels" and task.layout.kind in FILE_KINDS:
        return "rows are files, whose labels stand in their names"
    return ""


def test_rows(layout: Layout, how: str, column: str | None, rng: np.random.Generator) -> Positions:
    """Which test rows the variant has, in its order."""
    if how != "early" or column is None:
        return DRAWS[how](layout.test_rows, rng)
    from .dates import moments_of

    moments, _ = moments_of(layout.test()[column], layout.train().get(column))
    early: Positions = np.flatnonzero(moments <= np.nanmedian(moments))
    return early


def _write(layout: Layout, task: Task, data: Path, how: str, rows: Positions, out: Path) -> None:
    """Write the variant's folder and the rows beside it."""
    if how == "labels":
        told = {task.train_file, *(one.file for one in task.layout.related)}
        copied(data, out / "data", {data / name for name in told})
        train = np.random.default_rng(SEED).permutation(layout.train_rows)
        layout.permute_labels(out / "data", np.sort(train[: len(train) // 2]), SEED)
    else:
        layout.write_variant(out / "data", rows, SEED, renamed=how == "ids")
    np.save(out / "rows.npy", rows.astype(np.int64), allow_pickle=False)


def copied(source: Path, target: Path, tables: set[Path]) -> None:
    """Copy a folder: tables byte by byte, for labels in them will move; media as hard links."""

    def copy(one: str, other: str) -> None:
        if Path(one) in tables or is_table(Path(one)):
            shutil.copyfile(one, other)
        else:
            bring(Path(one), Path(other))

    shutil.copytree(source, target, copy_function=copy)
