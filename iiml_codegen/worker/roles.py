"""What a column is for a model: number, kind, date, text, id, and the reason with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .columns import Column
from .dates import date_format
from .name_words import names_a_kind, names_an_id
from .patterns import lists_texts, title_share
from .single_column import ranks_of

if TYPE_CHECKING:
    import pandas as pd

UNIQUE = 0.98
FEW_CODES = 12
FEW_LEVELS = 30
MOST_KINDS = 1_000
GAPPY = 5
FALLING = -0.5
ROUND = 5
FIRST_LOOK = 100
MOSTLY_ROUND = 0.8
TEXT_WORDS = 5.0
TEXT_CHARACTERS = 50.0
TRUTHS = frozenset({"true", "false", "yes", "no", "0", "1"})
DATE_DIGITS = (8, 12, 14)


@dataclass(frozen=True)
class Role:
    """A role of `domain.profile.Role`, why, and the format of a date."""

    name: str
    why: str
    date_format: str | None = None


def role_of(column: Column, id_column: str | None) -> Role:
    """Decide by values first; the name only where they leave a choice."""
    distinct, rows = column.distinct, len(column.both)
    gaps = len(column.present) < rows
    if distinct == 0 or (distinct == 1 and not gaps):
        return Role("constant", f"{distinct} distinct value in {rows:,} rows")
    if column.kind == "bool":
        return Role("boolean", "its values are true and false")
    form = _date_format(column)
    if form is not None:
        return Role("date", f"{len(column.present):,} values read as {form}", form)
    if column.name == id_column:
        return Role("id", f"names the rows: {distinct:,} distinct values in {rows:,} rows")
    if column.in_train and has_one_value(column.train):
        return Role("constant", f"one value in all {len(column.train):,} training rows")
    if column.kind == "string":
        return _role_of_strings(column)
    return _role_of_whole_numbers(column) if column.is_whole else _number(column)


def has_one_value(values: pd.Series) -> bool:
    """Whether all cells are alike, gaps too; the first ones tell that of most columns."""
    return all(some.nunique(dropna=False) == 1 for some in (values.head(FIRST_LOOK), values))


def _date_format(column: Column) -> str | None:
    if column.kind == "string":
        return date_format(column.present)
    if column.kind != "int" or len(str(int(column.present.iloc[0]))) not in DATE_DIGITS:
        return None
    return date_format(column.present)


def _number(column: Column) -> Role:
    return Role("number", f"{column.distinct:,} distinct numbers with fractions")


def _role_of_strings(column: Column) -> Role:
    distinct, present = column.distinct, len(column.present)
    share = distinct / present
    text = column.text.head(2_000)
    if distinct <= 2 and set(text.str.lower().unique()) <= TRUTHS:
        return Role("boolean", f"its values are {' and '.join(sorted(text.unique()))}")
    words = float(text.str.count(r"\S+").mean())
    characters = float(text.str.len().mean())
    if lists_texts(column.text):
        return Role("text", f"lists of texts, {words:.1f} words a value on average")
    titled = title_share(column.text)
    if titled > 0.5:
        return Role("text", f'{titled:.0%} of values read "Surname, Title. Given"')
    if words >= TEXT_WORDS and characters >= 20 and (share > 0.5 or characters >= TEXT_CHARACTERS):
        return Role(
            "text", f"{words:.1f} words a value on average, {share:.0%} of values are distinct"
        )
    if share >= UNIQUE and words < 1.2 and present > FEW_LEVELS:
        return Role("id", f"{distinct:,} distinct values of one word in {present:,} rows")
    return Role("category", f"{distinct:,} distinct values in {present:,} rows")


def _role_of_whole_numbers(column: Column) -> Role:
    distinct, present = column.distinct, len(column.present)
    low, high = column.levels[0][0], column.levels[0][-1]
    spread = f"{distinct:,} distinct whole numbers from {low:,.0f} to {high:,.0f}"
    if distinct == 1:
        return Role("boolean", f"{low:.0f} or missing")
    if distinct == 2:
        return Role("boolean", f"its values are {low:.0f} and {high:.0f}")
    if distinct == present and (names_an_id(column.name) or high - low + 1 == distinct):
        return Role("id", f"{spread}, none twice")
    if names_an_id(column.name):
        return Role("category", f"{spread}; its name says that they name something")
    if names_a_kind(column.name) and distinct <= MOST_KINDS:
        return Role("category", f"{spread}; its name says that they stand for kinds")
    if _irregular(column):
        return Role("category", f"{spread} with irregular gaps, as codes have")
    if distinct <= FEW_CODES and high - low < 2 * FEW_CODES:
        return Role("ordinal_code", spread)
    return Role("number", spread)


def _irregular(column: Column) -> bool:
    """True for a handful of codes: wide gaps, no common step, no fall towards large values."""
    levels, counts = column.levels
    if not 3 <= len(levels) <= FEW_LEVELS or len(column.present) < 20 * len(levels):
        return False
    if levels[-1] - levels[0] < GAPPY * len(levels):
        return False
    if np.gcd.reduce(np.diff(levels).astype(np.int64)) > 1:
        return False
    if counts[levels % ROUND == 0].sum() >= MOSTLY_ROUND * counts.sum():
        return False
    return _rank_correlation(levels, counts) > FALLING


def _rank_correlation(levels: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    """Spearman's correlation of the levels with how often they occur."""
    ranks = ranks_of(levels), ranks_of(counts.astype(np.float64))
    if len(np.unique(counts)) < 2:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])
