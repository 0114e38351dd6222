"""The part of a task that the worker needs, read from the request's plain dict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DataError, RequestError
from .plan import Layout, TableForm, layout_from, structure_from
from .tables import is_table


@dataclass(frozen=True)
class LongForm:
    """As `domain.task.LongForm`."""

    names: tuple[str, ...]
    template: str = "{id}_{target}"
    factor: int = 0
    by_target: bool = False


@dataclass(frozen=True)
class Task:
    """What is asked, as in `domain.task.TaskSummary` with the submission's fields beside it.

    `class_columns` maps a class label to its column in the submission, as (label, column) pairs.
    """

    train_file: str
    test_file: str
    kind: str
    targets: tuple[str, ...]
    id_column: str | None
    metric: str
    classes: tuple[str, ...]
    exclusive_labels: bool
    train_only_columns: tuple[str, ...]
    sample_file: str
    sample_columns: tuple[str, ...]
    sample_id_column: str | None
    answer: str
    answer_columns: tuple[str, ...]
    copied_columns: tuple[str, ...]
    class_columns: tuple[tuple[str, str], ...]
    sample_form: TableForm
    long: LongForm | None
    most_labels: int
    layout: Layout

    @property
    def has_classes(self) -> bool:
        """True where the target is one label out of `classes`."""
        return self.kind in ("binary", "multiclass", "ordinal")

    @property
    def hidden_columns(self) -> tuple[str, ...]:
        """Training columns that the test lacks: targets and whatever else it does not have."""
        return tuple(dict.fromkeys((*self.targets, *self.train_only_columns)))


def task_from(plain: dict[str, Any]) -> Task:
    """Read a plain TaskSummary; raises RequestError for a field that is not there."""
    try:
        submission = plain["submission"]
        return Task(
            train_file=plain["train_file"],
            test_file=plain["test_file"],
            kind=plain["kind"],
            targets=tuple(plain["targets"]),
            id_column=plain["id_column"],
            metric=plain.get("metric", ""),
            classes=tuple(plain.get("classes", ())),
            exclusive_labels=plain.get("exclusive_labels", False),
            train_only_columns=tuple(plain.get("train_only_columns", ())),
            sample_file=submission["file"],
            sample_columns=tuple(submission["columns"]),
            sample_id_column=submission["id_column"],
            answer=submission["answer"],
            answer_columns=tuple(submission["answer_columns"]),
            copied_columns=tuple(submission.get("copied_columns", ())),
            class_columns=tuple(submission.get("class_columns", {}).items()),
            sample_form=structure_from(submission.get("form", {}), TableForm),
            long=structure_from(submission["long"], LongForm) if submission.get("long") else None,
            most_labels=submission.get("most_labels", 0),
            layout=layout_from(plain.get("layout", {})),
        )
    except KeyError as error:
        raise RequestError(f"the task has no field {error}") from error


def existing(folder: Path, name: str) -> Path:
    """The path of a file, or of a table in a folder; raises DataError if it is not there."""
    path = folder / name
    if not path.is_file() and not (path.is_dir() and is_table(path)):
        raise DataError(f"{name} is not in {folder}", hint="Was it moved or renamed?")
    return path
