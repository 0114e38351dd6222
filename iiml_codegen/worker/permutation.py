"""The permuted-label proof: a shadow does not change when the labels withheld from it do."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from . import folds
from .folds import Fold
from .layouts import find_layout
from .layouts.one_table import raw_table
from .raw_rows import column_fields, rows_of, unquoted
from .reading import read_table
from .shadows import withheld_target, write_fold
from .task import Task, existing, task_from


def permuted_label_proof(
    folder: Path, task: dict[str, Any], plan: dict[str, Any], fold: int, work: Path
) -> list[str]:
    """Files of shadow `fold` that change when its withheld labels are permuted; empty is proof.

    The fold's rows are decided on the real labels and stay the same for both builds.
    """
    asked, planned = task_from(task), folds.plan_from(plan)
    target = withheld_target(folder, asked, find_layout(folder, asked))
    tables = [read_table(existing(folder, name)) for name in (asked.train_file, asked.test_file)]
    chosen = folds.make_folds(planned, folds.clues(planned, target, *tables))[fold]
    changed = work / "permuted"
    shutil.copytree(folder, changed)
    permute_labels(changed / asked.train_file, asked, chosen, planned.seed)
    before = _built(folder, asked, chosen, work / "before", planned.seed)
    after = _built(changed, asked, chosen, work / "after", planned.seed)
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def permute_labels(path: Path, task: Task, fold: Fold, seed: int) -> None:
    """Rewrite a training table: targets of the fold's rows change places, in a seeded order."""
    table = raw_table(path)
    rows = np.random.default_rng(seed).permutation(fold.rows)
    given = dict(zip(rows.tolist(), np.roll(rows, 1).tolist(), strict=True))
    whole = np.arange(len(table))
    replaced = {}
    for name in task.hidden_columns:
        values = [unquoted(field) for field in column_fields(table, name)]
        replaced[table.place(name)] = [values[given.get(row, row)] for row in range(len(table))]
    path.write_bytes(table.head + b"".join(rows_of(table, whole, replaced)))


def _built(folder: Path, task: Task, fold: Fold, out: Path, seed: int) -> dict[str, str]:
    """Hash of every file of one shadow built from `folder`."""
    layout = find_layout(folder, task)
    write_fold(layout, fold, np.arange(layout.test_rows), out, seed)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
