"""Columns of one table that say nothing about the rows of another, as labels do about the test."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .counting import among
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ROWS = 20
FIRST_LOOK = 10_000
KINDS = ("int", "string")
"""What names rows; measured numbers do not."""


def silences(tables: list[tuple[str, pd.DataFrame]]) -> list[dict[str, Any]]:
    """Plain `Silence`s: columns empty in all rows that are tied to another table's by a key.

    A key is a column of that name in both, without repeats in the other table. Columns that are
    empty everywhere do not count. `apart`: no row is tied at all, though rows of a third one are;
    there the other table may repeat its values.
    """
    found: list[dict[str, Any]] = []
    shared = Counter(str(name) for _, frame in tables for name in frame.columns)
    unique = {
        (file, str(name))
        for file, frame in tables
        for name in frame.columns
        if shared[str(name)] > 1 and names_rows(frame[name])
    }
    for file, frame in tables:
        gappy = [str(n) for n in frame.columns if frame[n].isna().any() and frame[n].notna().any()]
        for key in map(str, frame.columns):
            named = [(other, rows[key]) for other, rows in tables if other != file and key in rows]
            for other, rows in named if gappy else ():
                if (other, key) in unique and (columns := silent(frame, key, rows, gappy)):
                    found.append({"table": file, "other": other, "key": key, "columns": columns})
            for other in strangers(frame[key], named):
                columns = [name for name in map(str, frame.columns) if name != key]
                one = {"table": file, "other": other, "key": key, "columns": columns}
                found.append({**one, "apart": True})
    return found


def names_rows(named: pd.Series) -> bool:
    """Whether a column has no repeats and is none of measured numbers."""
    if not named.head(FIRST_LOOK).is_unique or kind_of(named) not in KINDS:
        return False
    return bool(named.is_unique)


def silent(frame: pd.DataFrame, key: str, named: pd.Series, gappy: list[str]) -> list[str]:
    """The columns that are empty wherever the key's value is one of the other table's."""
    tied = among(frame[key], named)
    if tied.sum() < FEWEST_ROWS:
        return []
    names = [name for name in gappy if name != key]
    empty = frame.loc[tied, names].isna().all()
    return [name for name in names if empty[name]]


def strangers(values: pd.Series, named: list[tuple[str, pd.Series]]) -> list[str]:
    """Tables with none of these values, where another one has some.

    Of many values some are asked first, as most tables have some of those.
    """
    if len(named) < 2 or kind_of(values) not in KINDS:
        return []
    named = [(other, rows) for other, rows in named if kind_of(rows) == kind_of(values)]
    if len(named) < 2:
        return []
    asked = values.sample(min(len(values), FIRST_LOOK), random_state=0)
    ties = {other: int(rows.isin(asked).sum()) for other, rows in named}
    if max(ties.values()) < FEWEST_ROWS:
        return []
    return [other for other, rows in named if not ties[other] and not among(rows, values).any()]
