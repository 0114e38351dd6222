"""Columns that name the rows of a table: alone, or two or three of them together."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .counting import distinct_count, repeats
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 6
MOST_TOGETHER = 3
FIRST_ROWS = 50_000
MOST_CODES = 1 << 62
Codes = npt.NDArray[np.int64]


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
    import pandas as pd

    usable = [name for name in names if kind_of(frame[name]) in ("int", "string")]
    usable = [name for name in usable if frame[name].notna().all()]
    counts = {name: distinct_count(frame[name]) for name in usable}
    usable = sorted(usable, key=lambda name: -counts[name])[:MOST_COLUMNS]
    codes: dict[str, Codes] = {}
    found: list[list[str]] = []
    for size in range(1, MOST_TOGETHER + 1):
        for chosen in combinations(usable, size):
            held = any(set(one) <= set(chosen) for one in found)
            if held or not enough([counts[name] for name in chosen], len(frame)):
                continue
            for name in chosen:
                if name not in codes:
                    codes[name] = np.asarray(pd.factorize(frame[name])[0], np.int64)
            if names_rows([(codes[name], counts[name]) for name in chosen]):
                found.append(list(chosen))
    return found


def enough(counts: list[int], rows: int) -> bool:
    """Cheap to refuse where values are too few to tell rows apart."""
    return rows > 0 and math.prod(counts) >= rows


def names_rows(columns: list[tuple[Codes, int]]) -> bool:
    """True if no two rows have the same codes; most often the first rows tell that they do."""
    first = [(codes[:FIRST_ROWS], count) for codes, count in columns]
    return all_differ(first) and (len(columns[0][0]) <= FIRST_ROWS or all_differ(columns))


def all_differ(columns: list[tuple[Codes, int]]) -> bool:
    """True if no two rows have the same codes; `columns` are codes with how many there are."""
    import pandas as pd

    joined, reach = columns[0]
    for codes, count in columns[1:]:
        if reach * count >= MOST_CODES:
            joined, values = pd.factorize(joined)
            reach = len(values)
        joined, reach = joined * count + codes, reach * count
    return repeats(joined) == 0
