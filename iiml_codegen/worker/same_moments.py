"""Columns that tell again the moments that a column of dates tells."""

from __future__ import annotations

import numpy as np

from .columns import Column
from .drift import numbers_of
from .roles import Role
from .single_column import Floats

SECOND = 1.0
ENOUGH = 0.99


def same_moments(columns: list[tuple[Column, Role]], id_column: str | None) -> dict[str, str]:
    """Columns whose moments a date tells to the second, with the name of that date.

    Of two dates the one tells that is not the rows' id, or stands before the other; a number of
    seconds since 1970 never stands for a date.
    """
    both = [(column, role) for column, role in columns if column.in_train and column.in_test]
    dates = [(column, role) for column, role in both if role.name == "date"]
    dates.sort(key=lambda one: one[0].name == id_column)
    numbers = [(column, role) for column, role in both if dates and role.name == "number"]
    tells: dict[str, Floats] = {}
    found: dict[str, str] = {}
    for column, role in [*dates, *numbers]:
        seconds = numbers_of(column, role).to_numpy(np.float64)
        other = next((name for name, known in tells.items() if repeats(seconds, known)), None)
        if other is not None:
            found[column.name] = other
        elif role.name == "date":
            tells[column.name] = seconds
    return found


def repeats(seconds: Floats, known: Floats) -> bool:
    """Whether nearly all moments that are there are the known ones of their rows."""
    there = np.isfinite(seconds)
    near = np.abs(seconds[there] - known[there]) < SECOND
    return bool(there.any() and near.mean() >= ENOUGH)
