"""The permuted-label proof: a shadow does not change when the labels withheld from it do."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from . import folds
from .folds import Fold, Positions
from .layouts import find_layout
from .shadows import sample_rows, withheld_target, write_fold
from .task import Task, task_from


def permuted_label_proof(
    folder: Path,
    task: dict[str, Any],
    plan: dict[str, Any],
    fold: int,
    work: Path,
    max_rows: int | None = None,
) -> list[str]:
    """Files of shadow `fold` that change when its withheld labels are permuted; empty is proof.

    The fold's rows are decided on the real labels and stay the same for both builds. A file that
    is there in one build only counts as changed, so names are proved too. Of more than `max_rows`
    rows a random sample is taken.
    """
    asked, planned = task_from(task), folds.plan_from(plan)
    layout = find_layout(folder, asked)
    target = withheld_target(asked, layout)
    clue = folds.clues(planned, target, layout.train(), layout.test(), asked.layout.panel)
    rows, tests = sample_rows(layout, clue, max_rows, planned.seed, max_rows)
    chosen = folds.make_folds(planned, clue, rows)[fold]
    changed = work / "permuted"
    shutil.copytree(folder, changed, ignore=shutil.ignore_patterns("iiml"))
    layout.permute_labels(changed, chosen.rows, planned.seed)
    before = _built(folder, asked, chosen, tests, work / "before", planned.seed)
    after = _built(changed, asked, chosen, tests, work / "after", planned.seed)
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def _built(
    folder: Path, task: Task, fold: Fold, tests: Positions, out: Path, seed: int
) -> dict[str, str]:
    """Hash of every file of one shadow built from `folder`."""
    layout = find_layout(folder, task)
    write_fold(layout, fold, tests, out, seed)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
