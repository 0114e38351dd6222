"""Columns that name the rows of a table: alone, or two or three of them together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 6
MOST_TOGETHER = 3


def row_keys(frames: dict[str, pd.DataFrame]) -> dict[str, list[list[str]]]:
    """For each table the smallest sets of columns without repeated combinations.

    Only columns that another table has too are tried, as only they can tie tables together.
    """
    shared = Counter(str(name) for frame in frames.values() for name in frame.columns)
    return {
        table: smallest(frame, [name for name in map(str, frame.columns) if shared[name] > 1])
        for table, frame in frames.items()
    }


def smallest(frame: pd.DataFrame, names: list[str]) -> list[list[str]]:
    """Sets of up to three columns, the smaller first, none holding a smaller one."""
    usable = [name for name in names if kind_of(frame[name]) in ("int", "string")]
    usable = [name for name in usable if frame[name].notna().all()]
    found: list[list[str]] = []
    counts = {name: int(frame[name].nunique()) for name in usable}
    usable = sorted(usable, key=lambda name: -counts[name])[:MOST_COLUMNS]
    for size in range(1, MOST_TOGETHER + 1):
        for chosen in combinations(usable, size):
            held = any(set(one) <= set(chosen) for one in found)
            if not held and names_rows(frame, list(chosen), counts):
                found.append(list(chosen))
    return found


def names_rows(frame: pd.DataFrame, names: list[str], counts: dict[str, int]) -> bool:
    """True if no two rows have the same values; cheap to refuse where values are too few."""
    possible = 1
    for name in names:
        possible *= counts[name]
    return len(frame) > 0 and possible >= len(frame) and not frame.duplicated(names).any()
