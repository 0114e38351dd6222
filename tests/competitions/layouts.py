"""Competitions whose rows do not stand in one table a side: one generator for each layout.

Each writes a folder and returns it with the hidden answers and the task as a reader of the folder
should understand it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .drafts import Competition
from .layout_files import (
    class_folders,
    documents,
    file_names,
    files_by_id,
    nested_files,
    paired_files,
    text_folders,
)
from .layout_pairs import parted_history
from .layout_tables import label_table, one_features_table, panel, related_tables

LAYOUTS: dict[str, Callable[[Path, int, int], Competition]] = {
    "label_table": label_table,
    "one_features_table": one_features_table,
    "file_names": file_names,
    "class_folders": class_folders,
    "paired_files": paired_files,
    "files_by_id": files_by_id,
    "nested_files": nested_files,
    "documents": documents,
    "text_folders": text_folders,
    "related_tables": related_tables,
    "parted_history": parted_history,
    "panel": panel,
}


def write_layout(folder: Path, kind: str, rows: int = 60, seed: int = 0) -> Competition:
    """Write a competition of this layout with about `rows` training rows."""
    folder.mkdir(parents=True, exist_ok=True)
    return LAYOUTS[kind](folder, rows, seed)
