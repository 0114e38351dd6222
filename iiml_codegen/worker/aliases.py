"""Columns that name rows of another table under names of their own: home_team_id, away_team_id."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .name_words import NAMES, words_of
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 2
MOST_ADDED = 2
MOST_KEYS = 2
LOOKED_AT = 20_000
FOUND = 0.95


def aliases(tables: list[tuple[str, pd.DataFrame]]) -> list[dict[str, Any]]:
    """Plain `Alias`es: found by names, and kept where the values are those of the other table."""
    found = []
    for file, frame in tables:
        stems = [str(name) for name in frame.columns if kind_of(frame[name]) in ("int", "string")]
        for other, rows in tables:
            for stem in stems if other != file else ():
                told = known_by(frame, stem, rows)
                found += [{"table": file, "other": other, "stem": stem, **told}] if told else []
    return found


def known_by(frame: pd.DataFrame, stem: str, rows: pd.DataFrame) -> dict[str, Any]:
    """The columns of `rows` that name rows of `frame`, and what both must share; {} if too few."""
    named = called_after(stem, rows)
    keys = keys_beside(frame, stem, rows) if len(named) >= FEWEST else None
    if keys is None:
        return {}
    known = {c: form for c, form in named.items() if names(rows, c, frame, stem, keys)}
    return {"keys": keys, "columns": known} if len(known) >= FEWEST else {}


def called_after(stem: str, rows: pd.DataFrame) -> dict[str, str]:
    """Columns called as `stem` with words added in one place, and how they would call another.

    `home_team_id` is `team_id` with `home_{}`, `player2` is `player` with `{}_2`. What is called by
    nothing but `id` or `key` is told apart by numbers only, as many things have one.
    """
    words = words_of(stem)
    if stem in rows or not words:
        return {}
    found: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for name in map(str, rows.columns):
        place, added = added_words(words, words_of(name))
        if not added or (set(words) <= NAMES and not all(word.isdigit() for word in added)):
            continue
        tag = "_".join(added)
        found[place == 0][name] = f"{tag}_{{}}" if place == 0 else f"{{}}_{tag}"
    first, behind = found[True], found[False]
    named = first if len(first) > len(behind) else behind
    return named if len(set(named.values())) == len(named) else {}


def added_words(stem: list[str], words: list[str]) -> tuple[int, list[str]]:
    """Where words stand that the stem lacks, and which; none where these are not all."""
    more = len(words) - len(stem)
    if not 0 < more <= MOST_ADDED:
        return 0, []
    for place in range(len(stem), -1, -1):
        if words[:place] + words[place + more :] == stem:
            return place, words[place : place + more]
    return 0, []


def keys_beside(frame: pd.DataFrame, stem: str, rows: pd.DataFrame) -> list[str] | None:
    """The columns of both that name each row of `frame` together with `stem`; None if none do."""
    shared = [str(n) for n in frame.columns if n in rows and kind_of(frame[n]) in ("int", "string")]
    for size in range(MOST_KEYS + 1):
        for chosen in combinations(shared, size):
            if not frame.duplicated([*chosen, stem]).any():
                return list(chosen)
    return None


def names(
    rows: pd.DataFrame, column: str, frame: pd.DataFrame, stem: str, keys: Iterable[str]
) -> bool:
    """True if values of a column, with those of `keys`, are nearly always some of the table's."""
    asked, known = [*keys, column], [*keys, stem]
    if any(kind_of(rows[a]) != kind_of(frame[b]) for a, b in zip(asked, known, strict=True)):
        return False
    told = rows[asked].dropna().drop_duplicates().head(LOOKED_AT).set_axis(known, axis=1)
    if not len(told):
        return False
    there = told.merge(frame[known].dropna().drop_duplicates(), on=known, how="inner")
    return len(there) >= FOUND * len(told)
