"""Columns whose cells are lists of amounts, such as "[0.1, 0.4]": told from lists of codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .columns import Column
from .roles import Role
from .step_cells import is_list, items_of

LOOKED_AT = 200
FEWEST_BARE = 3
"""Whole numbers without brackets are amounts where all cells have as many, so many at least."""


def number_list(column: Column, role: Role) -> dict[str, Any] | None:
    """Plain `NumberList` of a column of lists of amounts; None for any other.

    Whole numbers may be codes, as those of tags are; where there are as many in each cell, or some
    have fractions, they are amounts. Some cells are looked at, from the first to the last.
    """
    if column.kind != "string" or not (column.in_train and column.in_test):
        return None
    if role.name not in ("text", "category", "id"):
        return None
    present = column.present
    places = np.unique(np.linspace(0, len(present) - 1, LOOKED_AT).astype(np.int64))
    cells = present.iloc[places].astype(str) if len(present) else present
    if not len(cells) or not all(map(is_list, cells)):
        return None
    lists = [items_of(cell) for cell in cells]
    sizes = [len(items) for items in lists]
    fractions = any("." in item for items in lists for item in items)
    least = 1 if cells.iloc[0].strip()[:1] in "[(" else FEWEST_BARE
    even = min(sizes) == max(sizes) >= least
    if not (fractions or even):
        return None
    return {"shortest": min(sizes), "longest": max(sizes)}
