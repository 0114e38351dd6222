"""What a competition folder can look like: which adapter reads it and writes its shadows.

Rows come from two tables (`one_table`) or from two folders of files (`file_rows`, with labels in
`file_names`, `class_folders` or `paired_files`), from the pixels of pictures (`picture_pixels`,
`picture_masks`), or from cells (`wide_series`, `cell_steps`); whatever else belongs to them are
parts (`label_table`, `related_tables`, `files_by_id`). Each passes the permuted-label proof
(`worker/permutation.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import DataError
from ..task import Task
from .split import Positions, Side

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Layout", "Positions", "find_layout"]

FILE_KINDS = ("file_names", "class_folders", "paired_files")
TABLE_KINDS = ("one_table", "label_table", "files_by_id", "related_tables", "panel")


class Layout(Protocol):
    """Reads a competition and writes copies of it in which labels are withheld.

    Rows have a canonical order that no label enters; positions count in it.
    """

    @property
    def train_rows(self) -> int:
        """How many training rows there are."""

    @property
    def test_rows(self) -> int:
        """How many test rows there are."""

    def wholes(self, side: Side) -> Positions | None:
        """A number for each row of a side, alike for rows that cannot be parted; None: all can."""

    def train(self) -> pd.DataFrame:
        """Training rows as generated code reads them, typed: with lookups, texts and targets."""

    def test(self) -> pd.DataFrame:
        """Test rows with whatever is joined to them."""

    def labels(self) -> pd.DataFrame:
        """The targets of each training row as texts; NaN where one is missing."""

    def texts(self, side: Side, column: str) -> list[str] | None:
        """A column of one side as text, "" where a value is missing; None where it has none."""

    def real_rows(self) -> Positions | None:
        """Canonical positions in the order in which the real folder lists its rows, test last.

        None where that order is the canonical one.
        """

    def write_view(self, out: Path) -> None:
        """Write the competition without labels and without columns that only training rows have."""

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """Write a shadow: `withheld` training rows lead its test, the real test's rows follow.

        Returns canonical positions of its rows as generated code will read them, train first; those
        of the test begin at `train_rows`.
        """

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """Write the competition again with these test rows, in this order, repeats and all.

        Training rows stay, in their order. Where `renamed`, the rows of each side change ids among
        each other, and whatever knows rows by their ids follows.
        """

    def why_not_renamed(self) -> str:
        """The reason for which ids cannot change places; empty where they can."""

    def is_renewed(self) -> bool:
        """Whether ids are drawn anew in every shadow, so that they tell nothing there."""

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Let the labels of these training rows change places in a copy of the real folder."""


def find_layout(folder: Path, task: Task) -> Layout:
    """The adapter for the task's layout; raises DataError (IIML902) where the folder differs."""
    from . import cell_steps, class_folders, file_names, one_table, paired_files, wide_series
    from .picture_masks import PictureMasks
    from .picture_pixels import PicturePixels

    kind = task.layout.kind
    if task.layout.pixels is not None:
        return (PictureMasks if task.layout.masks else PicturePixels)(folder, task)
    if task.layout.wide is not None:
        return wide_series.WideSeries(folder, task)
    if task.layout.steps is not None:
        return cell_steps.CellSteps(folder, task)
    if task.layout.train_files is None and kind not in FILE_KINDS:
        return one_table.OneTable(folder, task)
    if kind == "class_folders":
        return class_folders.ClassFolders(folder, task)
    if kind == "paired_files":
        return paired_files.PairedFiles(folder, task)
    if kind == "file_names":
        return file_names.FileNames(folder, task)
    raise DataError(
        f"rows that are files cannot be read as {kind}",
        hint="Labels may stand in file names, in folders, or in a partner beside each file.",
        code="IIML902",
    )
