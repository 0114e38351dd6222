"""Several labels in one cell: whether a column holds such cells, and its labels apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .plan import LabelCell

if TYPE_CHECKING:
    import pandas as pd

MARKS = ("|", ";", ",", " ")
MOST_LABELS = 300
FEWEST_TOGETHER = 0.1
FEWEST_ALONE, NEARLY_ALL_ALONE = 0.25, 0.8
MANY_PARTNERS = 0.5
ROWS_EACH = 4
LONGEST = 40
HIDDEN = "?"
LOOKED_AT = 2_000


def labels_in_cells(present: pd.Series) -> dict[str, Any]:
    """The fields `labels` and `label_mark` of a plain `ColumnInfo`; nothing for any other column.

    Cells hold labels where few of them are known, each often, and a tenth of the cells hold
    several; and where nearly all stand alone in some cell, or many do and most have met several
    others. Prose is none of that, nor are names of two words such as New York. Cells of a mark for
    hidden labels alone are counted as `hidden` and hold none.
    """
    hidden = int((present == HIDDEN).sum())
    if hidden:
        found = labels_in_cells(present[present != HIDDEN])
        return {**found, "hidden": hidden} if found else {}
    head = present.head(LOOKED_AT).astype(str)
    for mark in MARKS:
        together = head.str.contains(mark, regex=False)
        if not len(head) or together.mean() < FEWEST_TOGETHER:
            continue
        if len(parted(head, mark)) * ROWS_EACH > 2 * len(head):
            continue
        cells = present.astype(str)
        labels = parted(cells, mark)
        alone = set(cells[~cells.str.contains(mark, regex=False)].str.strip())
        known = sum(label in alone for label in labels) / max(1, len(labels))
        short = all(len(label) <= LONGEST for label in labels)
        often = len(labels) * ROWS_EACH <= sum(labels.values())
        free = known >= NEARLY_ALL_ALONE or share_with_partners(cells, mark) >= MANY_PARTNERS
        if 1 < len(labels) <= MOST_LABELS and known >= FEWEST_ALONE and short and often and free:
            return {"labels": in_order(labels), "label_mark": mark}
    return {}


def parted(cells: pd.Series, mark: str) -> Counter[str]:
    """How often each label occurs."""
    found = (part.strip() for cell in cells for part in cell.split(mark))
    return Counter(part for part in found if part)


def share_with_partners(cells: pd.Series, mark: str) -> float:
    """Share of the labels that stand beside at least two different ones."""
    partners: dict[str, set[str]] = {}
    for cell in cells.drop_duplicates():
        parts = {part.strip() for part in cell.split(mark)} - {""}
        for part in parts:
            partners.setdefault(part, set()).update(parts - {part})
    return sum(len(others) > 1 for others in partners.values()) / max(1, len(partners))


def in_order(labels: Counter[str]) -> list[str]:
    """Labels that are numbers by size, others by name."""
    whole = all(label.isdecimal() for label in labels)
    return sorted(labels, key=int) if whole else sorted(labels)


def labels_apart(cells: pd.Series, cell: LabelCell) -> pd.DataFrame:
    """A column for each label as texts, "1" where a cell holds it; an empty cell holds none.

    Where its labels are hidden, cells are missing.
    """
    import pandas as pd

    place = {label: number for number, label in enumerate(cell.labels)}
    held = np.zeros((len(cells), len(cell.labels)), dtype="U1")
    held[:] = "0"
    for row, text in enumerate(cells):
        parts = text.split(cell.separator) if isinstance(text, str) else ()
        for part in parts:
            if part.strip() in place:
                held[row, place[part.strip()]] = "1"
    apart = pd.DataFrame(held.astype(object), columns=list(cell.names), index=cells.index)
    return apart.where(cells != cell.hidden, axis=0) if cell.hidden else apart
