"""The parts that a task's layout names, and frames with what they add."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..task import Task
from .files_by_id import FilesById, text_columns
from .label_table import LabelTable
from .parts import Part, Rows
from .related_tables import KeyedTable

if TYPE_CHECKING:
    import pandas as pd


def parts_of(folder: Path, task: Task) -> tuple[list[Part], LabelTable | None]:
    """All parts in the order in which they add columns, and the one that holds the targets."""
    layout = task.layout
    labels = [
        LabelTable(folder, one, task.targets) for one in layout.related if one.role == "labels"
    ]
    first = {one.file: one for one in reversed(layout.related)}
    keyed = [
        KeyedTable(folder, one, writes=first[one.file] is one)
        for one in layout.related
        if one.role != "labels"
    ]
    keyed += [KeyedTable(folder, one) for one in layout.train_only]
    names = text_columns(layout.media)
    media = [FilesById(folder, m, name) for m, name in zip(layout.media, names, strict=True)]
    return [*labels, *keyed, *media], next(iter(labels), None)


def joined(
    train: pd.DataFrame, test: pd.DataFrame, parts: list[Part], rows: Rows
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames with the columns that the parts add."""
    for part in parts:
        train, test = part.joined(train, test, rows)
    return train, test
