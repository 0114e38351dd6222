"""How the plan speaks: lists of names, shares, and titles that fit above a line of code."""

from __future__ import annotations

from collections.abc import Sequence

from iiml_codegen.domain.profile import ColumnProfile
from iiml_codegen.implementation.rendering import shortened

MOST_NAMED = 6
FEW, SHORT = 3, 44


def enumerated(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if items[1:] else items)


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """A few names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + f" and {more} more" if more > 0 else enumerated(names)


def named(columns: Sequence[str], noun: str = "columns") -> str:
    """Names for a title: all of them while they are few and short, else their number."""
    flat = enumerated([" ".join(name.split()) for name in columns])
    if len(columns) <= FEW and len(flat) <= SHORT:
        return flat
    return f"{len(columns)} {noun}" if len(columns) > 1 else shortened(flat, SHORT)


def percent(part: float) -> str:
    """A share of rows; "all" and "none" only where that is so."""
    if part in (0.0, 1.0):
        return "all" if part else "none"
    if part < 0.01:
        return "under 1%"
    return "over 99%" if part > 0.99 else f"{part:.0%}"


def such_as(column: ColumnProfile, most: int = 2) -> str:
    """A few short values of a column, or nothing."""
    short = [shortened(value, 32) for value in column.examples if value.strip()]
    return f", such as {enumerated(short[:most])}" if short else ""


def quantity(value: float) -> str:
    """A number for reading: 0.42, 7.5, 512, 1,234,567."""
    if value == 0 or 0.001 <= abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1e}"


def names_of(columns: Sequence[ColumnProfile]) -> list[str]:
    """The names of columns."""
    return [column.name for column in columns]


def about_unseen(columns: Sequence[ColumnProfile]) -> str:
    """How much of the test table has levels that train lacks."""
    newest = max(columns, key=lambda c: c.unseen_share)
    if newest.unseen_share == 0:
        return "the test table brings no new level"
    return f"{percent(newest.unseen_share)} of the test's values of {newest.name} are new"
