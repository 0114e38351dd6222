"""What ids end with where the same names come with each ending, as `_validation` and `_test`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MARKED = r"(?s)^(.+)([_\-:/| ][^_\-:/| ]*[A-Za-z][^_\-:/| ]*)$"
"""A name, and behind its last mark a word with a letter in it."""
FIRST_LOOK = 1000
MOST_ENDINGS = 5


def endings(ids: pd.Series) -> list[str]:
    """Endings of ids that name rows, in the order in which they appear; none unless all have one.

    Several endings count where each name comes with all of them.
    """
    places = np.unique(np.linspace(0, len(ids) - 1, FIRST_LOOK).astype(np.int64))
    if len(ids) < 2 or not few(ids.iloc[places].astype(str).str.extract(MARKED)[1]):
        return []
    parts = ids.astype(str).str.extract(MARKED)
    found = [str(ending) for ending in parts[1].unique()] if few(parts[1]) else []
    return found if found and parts[0].nunique() * len(found) == len(ids) else []


def few(found: pd.Series) -> bool:
    """Whether all ids have an ending, and all together only a handful."""
    return bool(found.notna().all()) and found.nunique() <= MOST_ENDINGS
