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
from .shadows import withheld_target, write_fold
from .task import Task, task_from


def permuted_label_proof(
    folder: Path, task: dict[str, Any], plan: dict[str, Any], fold: int, work: Path
) -> list[str]:
    """Files of shadow `fold` that change when its withheld labels are permuted; empty is proof.

    The fold's rows are decided on the real labels and stay the same for both builds. A file that
    is there in one build only counts as changed, so names are proved too.
    """
    asked, planned = task_from(task), folds.plan_from(plan)
    layout = find_layout(folder, asked)
    target = withheld_target(asked, layout)
    clue = folds.clues(planned, target, layout.train(), layout.test(), asked.layout.panel)
    chosen = folds.make_folds(planned, clue)[fold]
    changed = work / "permuted"
    shutil.copytree(folder, changed)
    layout.permute_labels(changed, chosen.rows, planned.seed)
    before = _built(folder, asked, chosen, work / "before", planned.seed)
    after = _built(changed, asked, chosen, work / "after", planned.seed)
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def _built(folder: Path, task: Task, fold: Fold, out: Path, seed: int) -> dict[str, str]:
    """Hash of every file of one shadow built from `folder`."""
    layout = find_layout(folder, task)
    write_fold(layout, fold, np.arange(layout.test_rows), out, seed)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
