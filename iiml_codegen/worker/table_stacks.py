"""Training tables of the same columns that share no row: parts of one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .reading import kind_of
from .table_ties import names_rows

if TYPE_CHECKING:
    import pandas as pd

TRAINING = re.compile(r"train|learn", re.IGNORECASE)


def stacks(named: Sequence[tuple[str, pd.DataFrame]]) -> list[list[int]]:
    """Places of tables that may be read below each other, two or more together.

    They are called after training, and a column that names the rows of each has no value twice.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    for place, (file, frame) in enumerate(named):
        if TRAINING.search(PurePosixPath(file).name):
            alike.setdefault(tuple(map(str, frame.columns)), []).append(place)
    several = [places for places in alike.values() if len(places) > 1]
    return [places for places in several if apart([named[place][1] for place in places])]


def apart(frames: Sequence[pd.DataFrame]) -> bool:
    """Whether some column names the rows of all tables together."""
    import pandas as pd

    for name in frames[0].columns:
        values = [frame[name] for frame in frames]
        if len(set(map(kind_of, values))) == 1 and all(map(names_rows, values)):
            return bool(pd.concat(values).is_unique)
    return False
