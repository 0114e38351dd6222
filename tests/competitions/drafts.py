"""A drafted competition: one table with everything in it, split and written in Kaggle's form."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Draft:
    """All rows with their targets, and how the competition asks for them.

    `task` holds the fields of TaskSummary that differ between kinds; `sample` is the sample's file
    name; `test_mask` picks the test rows (None: the last ones).
    """

    frame: pd.DataFrame
    description: str
    task: dict[str, Any]
    sample: str = "sample_submission.csv"
    fill: float | str = 0
    test_mask: np.ndarray | None = None
    quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL
    train_only: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Competition:
    """Where it was written, the perfect submission, and the task in plain form."""

    folder: Path
    answers: pd.DataFrame
    task: dict[str, Any]


def write(folder: Path, draft: Draft, train_rows: int) -> Competition:
    """Split the draft and write description, train, test and sample submission."""
    folder.mkdir(parents=True, exist_ok=True)
    mask = _test_mask(draft, train_rows)
    hidden = [*draft.task["targets"], *draft.train_only]
    train, rest = draft.frame[~mask], draft.frame[mask]
    test = rest.drop(columns=hidden)
    answers = _answers(draft, rest)
    sample = _sample(draft, answers)
    for name, table in (("train.csv", train), ("test.csv", test), (draft.sample, sample)):
        table.to_csv(folder / name, index=False, quoting=draft.quoting, lineterminator="\n")
    (folder / "description.md").write_text(draft.description, encoding="utf-8")
    return Competition(folder, answers, _task(draft, list(sample.columns), len(rest)))


def _test_mask(draft: Draft, train_rows: int) -> np.ndarray:
    if draft.test_mask is not None:
        return draft.test_mask
    return np.arange(len(draft.frame)) >= train_rows


def _answers(draft: Draft, rest: pd.DataFrame) -> pd.DataFrame:
    """The perfect submission: columns as the sample has them."""
    task = draft.task
    target = rest[list(task["targets"])]
    if task["class_columns"]:
        labels = target.iloc[:, 0].astype(str)
        columns = task["class_columns"].items()
        target = pd.DataFrame({name: (labels == label) * 1.0 for label, name in columns})
    copied = rest[[task["id_column"]] if task["id_column"] else list(task["copied_columns"])]
    if task["id_column"]:
        return copied.join(target)
    return target.join(copied)


def _sample(draft: Draft, answers: pd.DataFrame) -> pd.DataFrame:
    sample = answers.copy()
    columns = list(draft.task["class_columns"].values()) or list(draft.task["targets"])
    for name in columns:
        sample[name] = draft.fill
    return sample


def _task(draft: Draft, columns: list[str], rows: int) -> dict[str, Any]:
    """TaskSummary in plain form."""
    task = draft.task
    class_columns = task["class_columns"]
    return {
        "title": draft.description.splitlines()[0].lstrip("# "),
        "description_file": "description.md",
        "train_file": "train.csv",
        "test_file": "test.csv",
        "kind": task["kind"],
        "targets": list(task["targets"]),
        "id_column": task["id_column"],
        "metric": task["metric"],
        "greater_is_better": task["greater_is_better"],
        "submission": {
            "file": draft.sample,
            "columns": columns,
            "id_column": task["id_column"],
            "answer": task["answer"],
            "answer_columns": list(class_columns.values()) or list(task["targets"]),
            "copied_columns": list(task["copied_columns"]),
            "class_columns": dict(class_columns),
            "rows": rows,
        },
        "classes": list(task["classes"]),
        "exclusive_labels": task.get("exclusive_labels", False),
        "train_only_columns": list(draft.train_only),
    }


def asked(kind: str, targets: tuple[str, ...], metric: str, **more: Any) -> dict[str, Any]:
    """Task fields with the usual values filled in."""
    usual: dict[str, Any] = {
        "kind": kind,
        "targets": targets,
        "metric": metric,
        "greater_is_better": True,
        "id_column": "id",
        "answer": "probability",
        "classes": (),
        "class_columns": {},
        "copied_columns": (),
    }
    return usual | more
