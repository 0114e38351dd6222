"""Columns of short phrases that share their words: two texts of a row, to be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .columns import Column
from .patterns import ENOUGH_PARTS, LIST
from .roles import Role

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("category", "text")
WORD = re.compile(r"[^\W\d_]{3,}")
FEWEST_WORDS, MOST_WORDS = 1.5, 12.0
FEWEST_PHRASES, FEWEST_KNOWN = 20, 20
SHARED_WORDS = 0.3
ALIKE, BEYOND_CHANCE = 0.05, 1.5
LOOKED_AT = 2_000
MOST_COLUMNS, MOST_PAIRS = 6, 3


@dataclass(frozen=True)
class Phrases:
    """The words of each row's phrase in some rows, and all of them."""

    name: str
    rows: list[frozenset[str]]

    @property
    def words(self) -> frozenset[str]:
        """Every word of the column."""
        return frozenset().union(*self.rows)


def phrase_pairs(columns: list[tuple[Column, Role]], seed: int) -> list[dict[str, Any]]:
    """Plain `PhrasePair`s, those first whose rows are most alike.

    The columns draw on the same words, and a row's two phrases share one more often than phrases
    of different rows: teams at home and away share their names, but not in a row.
    """
    both = [c for c, role in columns if c.in_train and c.in_test and role.name in KINDS]
    spoken = [column for column in both if holds_phrases(column)][:MOST_COLUMNS]
    if len(spoken) < 2:
        return []
    picked = np.linspace(0, len(spoken[0].both) - 1, LOOKED_AT).astype(np.int64)
    known = [Phrases(c.name, words_of(c.both.iloc[np.unique(picked)])) for c in spoken]
    other = np.random.default_rng(seed).permutation(len(known[0].rows))
    found = [compared(first, second, other) for first, second in combinations(known, 2)]
    pairs = sorted((pair for pair in found if pair), key=lambda pair: -pair["alike"])
    return pairs[:MOST_PAIRS]


def holds_phrases(column: Column) -> bool:
    """Whether values are many and of a few words each, and no lists."""
    if column.kind != "string" or column.distinct < FEWEST_PHRASES:
        return False
    head = column.text.head(LOOKED_AT)
    if head.str.contains(LIST, regex=True).mean() >= ENOUGH_PARTS:
        return False
    return FEWEST_WORDS <= float(head.str.count(r"\S+").mean()) <= MOST_WORDS


def words_of(phrases: pd.Series) -> list[frozenset[str]]:
    """The words of each phrase in lower case; a gap has none."""
    return [frozenset(WORD.findall(text.lower())) for text in phrases.fillna("").astype(str)]


def compared(
    first: Phrases, second: Phrases, other: npt.NDArray[np.int64]
) -> dict[str, Any] | None:
    """The pair, if it is one; `other` gives each row the phrase of some row for comparison."""
    fewer = min(len(first.words), len(second.words))
    shared = len(first.words & second.words) / max(1, fewer)
    if fewer < FEWEST_KNOWN or shared < SHARED_WORDS:
        return None
    alike = share_alike(first.rows, second.rows)
    by_chance = share_alike(first.rows, [second.rows[row] for row in other])
    if alike < max(ALIKE, BEYOND_CHANCE * by_chance):
        return None
    measured = {"shared_words": shared, "alike": alike, "by_chance": by_chance}
    return {
        "columns": [first.name, second.name],
        **{name: round(share, 4) for name, share in measured.items()},
    }


def share_alike(left: list[frozenset[str]], right: list[frozenset[str]]) -> float:
    """Share of rows whose two phrases have a word in common."""
    return float(np.mean([bool(one & other) for one, other in zip(left, right, strict=True)]))
