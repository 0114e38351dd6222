"""Pictures that stand in columns: each row holds the shades of one picture, line by line.

Neighbours in a picture are alike. Along the columns of a table that shows at a distance of one
line, which is alike again where half a line is not; a spectrum or a series fades instead. What
repeats itself, such as the hours of days, does not fade from line to line, and goes on beyond the
end of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from .columns import Column, Rows
from .drift import numbers_of
from .metrics_labels import Floats
from .roles import Role

FEWEST_PIXELS = 64
FEWEST_IN_LINE = 8
MOST_ROWS = 1000
MOST_NUMBERS = 4_000_000
"""Numbers of a table that are looked at: of large pictures fewer rows."""
MANY_NUMBERS = re.compile(r"[\d\s.,;eE+\-\[\]()]{127,}")
"""The text of at least `FEWEST_PIXELS` numbers."""
ALIKE = 0.25
"""The least mean correlation of pixels side by side, and one above the other."""
PEAK = 0.1
"""By how much neighbours are more alike than what only looks like them."""
WHOLE_SHADES = 65_535
OUTSIDE = 0.001
"""Share of the numbers at either end that may lie beyond darkest and brightest."""
ROLES = ("number", "ordinal_code", "boolean", "constant")


@dataclass(frozen=True)
class Form:
    """A way to lay columns out: the distances at which things should be alike, and should not.

    `order` says what follows what: `lines` of shades, `pixels` of three colours each, or `planes`,
    one for each colour.
    """

    high: int
    wide: int
    order: str
    beside: int
    below: int
    half: int

    @property
    def channels(self) -> int:
        """Numbers of a pixel."""
        return 1 if self.order == "lines" else 3


def rasters(columns: list[tuple[Column, Role]], seed: int) -> list[dict[str, Any]]:
    """Plain `Raster`s: numbered columns that both tables have, or cells, that are pictures."""
    if not columns or not len(columns[0][0].both):
        return []
    rows = np.random.default_rng(seed).permutation(len(columns[0][0].both))[:MOST_ROWS]
    found = [
        picture
        for column, _ in columns
        if (picture := plain([column], in_cells(column, rows), in_cells=True))
    ]
    for _, run in groupby(columns, key=lambda one: re.sub(r"\d+", "#", one[0].name)):
        pixels = shades_of(list(run))
        if len(pixels) >= FEWEST_PIXELS:
            chosen = rows[: max(1, MOST_NUMBERS // len(pixels))]
            values = [numbers_of(*one).to_numpy()[chosen] for one in pixels]
            picture = plain([column for column, _ in pixels], np.stack(values, axis=1))
            found += [picture] if picture else []
    return found


def plain(pixels: list[Column], table: Floats | None, *, in_cells: bool = False) -> dict[str, Any]:
    """A plain `Raster` of numbers (rows, pixels); empty where they are no pictures."""
    if table is None or np.isinf(table).any() or np.isnan(table).all():
        return {}
    form = form_of(np.nan_to_num(table, nan=float(np.nanmin(table))))
    if form is None:
        return {}
    darkest, brightest = span_of(table[np.isfinite(table)])
    return {
        "columns": [column.name for column in pixels],
        "high": form.high,
        "wide": form.wide,
        "order": form.order,
        "darkest": darkest,
        "brightest": brightest,
        "in_cells": in_cells,
    }


def span_of(values: Floats) -> tuple[float, float]:
    """The least and greatest shade; of numbers with fractions, what nearly all lie between."""
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= WHOLE_SHADES and np.array_equal(values, np.rint(values)):
        return low, high
    ends = np.quantile(values, [OUTSIDE, 1 - OUTSIDE])
    return (float(ends[0]), float(ends[1])) if ends[0] < ends[1] else (low, high)


def in_cells(column: Column, rows: Rows) -> Floats | None:
    """The numbers in cells, (rows, numbers), where each cell holds the same count of them."""
    if not (column.in_train and column.in_test) or column.kind != "string":
        return None
    first = numbers_in(str(column.both.iloc[rows[0]]))
    if len(first) < FEWEST_PIXELS:
        return None
    chosen = rows[: max(1, MOST_NUMBERS // len(first))]
    numbers = [numbers_in(str(cell)) for cell in column.both.iloc[chosen]]
    return np.stack(numbers) if {len(cell) for cell in numbers} == {len(first)} else None


def numbers_in(cell: str) -> Floats:
    """The numbers of a cell, with spaces, commas or semicolons between; none if it has others."""
    if not MANY_NUMBERS.fullmatch(cell):
        return np.empty(0)
    try:
        return np.array(re.findall(r"[^\s,;\[\]()]+", cell), dtype=np.float64)
    except ValueError:
        return np.empty(0)


def shades_of(run: list[tuple[Column, Role]]) -> list[tuple[Column, Role]]:
    """The columns that could be pixels, if no others stand between them."""
    able = [place for place, one in enumerate(run) if is_shade(*one)]
    if not able or able[-1] - able[0] + 1 > len(able):
        return []
    return run[able[0] : able[-1] + 1]


def is_shade(column: Column, role: Role) -> bool:
    """Whether a column could be a pixel: numbers on both sides, as they are read by themselves."""
    known = column.in_train and column.in_test and column.kind in ("int", "float")
    form = column.number_form
    return known and role.name in ROLES and (form is None or form.plain)


def form_of(table: Floats) -> Form | None:
    """The form under which a table (rows, pixels) looks most like pictures; None if it does not."""
    spread = table.std(axis=0)
    if (spread > 0).sum() < FEWEST_PIXELS // 2:
        return None
    scaled = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    fits = [(peak_of(scaled, form), form) for form in forms(table.shape[1])]
    best = max(fits, key=lambda one: one[0], default=None)
    return best[1] if best is not None and best[0] >= PEAK else None


def forms(pixels: int) -> Iterator[Form]:
    """Ways to lay so many columns out: shades at most twice as high as wide, or square colours."""
    for wide in range(FEWEST_IN_LINE, pixels // FEWEST_IN_LINE + 1):
        high = pixels // wide
        if high * wide == pixels and high <= 2 * wide and wide <= 2 * high:
            yield Form(high, wide, "lines", 1, wide, wide // 2)
    side = round((pixels / 3) ** 0.5)
    if 3 * side * side == pixels and side >= FEWEST_IN_LINE:
        yield Form(side, side, "pixels", 3, 3 * side, 3 * (side // 2))
        yield Form(side, side, "planes", 1, side, side // 2)


def peak_of(scaled: Floats, form: Form) -> float:
    """How much more alike neighbours are than what only looks like them; -1 where they are not.

    That is pixels half a line apart, half a picture below, and at the ends of lines.
    """
    beside, below = alike(scaled, form.beside), alike(scaled, form.below)
    if min(beside, below) < ALIKE:
        return -1.0
    least = min(beside, below) - alike(scaled, form.half)
    least = min(least, below - alike(scaled, form.below * (form.high // 2)))
    inside, across = alike_in_lines(scaled, form)
    return min(least, inside - across)


def alike_in_lines(scaled: Floats, form: Form) -> tuple[float, float]:
    """How alike pixels side by side are inside lines, and from the end of one to the next line."""
    places = np.arange(scaled.shape[1] - form.beside)
    ends = places // form.below != (places + form.beside) // form.below
    return alike(scaled, form.beside, ~ends), alike(scaled, form.beside, ends)


def alike(scaled: Floats, distance: int, where: Any = True) -> float:
    """The mean correlation of columns at a distance, of those that vary; 0 where none do."""
    products = (scaled[:, :-distance] * scaled[:, distance:]).mean(axis=0)
    varies = np.asarray(scaled.any(axis=0))
    both = varies[:-distance] & varies[distance:] & where
    return float(products[both].mean()) if both.any() else 0.0
