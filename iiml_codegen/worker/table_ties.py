"""Columns of one table that say nothing about the rows of another, as labels do about the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .counting import among
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ROWS = 20
FIRST_LOOK = 10_000


def silences(tables: list[tuple[str, pd.DataFrame]]) -> list[dict[str, Any]]:
    """Plain `Silence`s: columns empty in all rows that are tied to another table's by a key.

    A key is a column of that name in both, without repeats in the other table. Columns that are
    empty everywhere do not count.
    """
    found = []
    for file, frame in tables:
        gappy = [str(n) for n in frame.columns if frame[n].isna().any() and frame[n].notna().any()]
        for other, rows in tables if gappy else ():
            if other == file:
                continue
            for key in [str(name) for name in frame.columns if name in rows.columns]:
                columns = silent(frame, key, rows, [name for name in gappy if name != key])
                if columns:
                    found.append({"table": file, "other": other, "key": key, "columns": columns})
    return found


def silent(frame: pd.DataFrame, key: str, rows: pd.DataFrame, names: list[str]) -> list[str]:
    """The columns that are empty wherever the key's value is one of the other table's."""
    named = rows[key]
    if kind_of(named) not in ("int", "string") or not named.head(FIRST_LOOK).is_unique:
        return []
    if not named.is_unique:
        return []
    tied = among(frame[key], named)
    if tied.sum() < FEWEST_ROWS:
        return []
    empty = frame.loc[tied, names].isna().all()
    return [name for name in names if empty[name]]
