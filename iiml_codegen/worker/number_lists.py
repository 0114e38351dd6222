"""Columns whose cells are lists of amounts, such as "[0.1, 0.4]": told from lists of codes."""

from __future__ import annotations

from typing import Any

from .columns import Column
from .roles import Role
from .step_cells import is_list, items_of

LOOKED_AT = 500
FEWEST_BARE = 3
"""Whole numbers without brackets are amounts where all cells have as many, so many at least."""


def number_list(column: Column, role: Role) -> dict[str, Any] | None:
    """Plain `NumberList` of a column of lists of amounts; None for any other.

    Whole numbers may be codes, as those of tags are; where there are as many in each cell, or some
    have fractions, they are amounts.
    """
    if column.kind != "string" or not (column.in_train and column.in_test):
        return None
    if role.name not in ("text", "category", "id"):
        return None
    head = column.present.head(LOOKED_AT).astype(str)
    if not len(head) or not all(map(is_list, head)):
        return None
    lists = [items_of(cell) for cell in column.present.astype(str).unique()]
    sizes = [len(items) for items in lists]
    fractions = any("." in item for items in lists[:LOOKED_AT] for item in items)
    least = 1 if head.iloc[0].strip()[:1] in "[(" else FEWEST_BARE
    even = min(sizes) == max(sizes) >= least
    if not (fractions or even):
        return None
    return {"shortest": min(sizes), "longest": max(sizes)}
