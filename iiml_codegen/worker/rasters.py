"""Pictures that stand in columns: each row holds the shades of one picture, line by line.

Neighbours in a picture are alike. Along the columns of a table that shows at a distance of one
line, which is alike again where half a line is not; a spectrum or a series fades instead.
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
MANY_NUMBERS = re.compile(r"[\d\s.,;eE+\-\[\]()]{127,}")
"""The text of at least `FEWEST_PIXELS` numbers."""
ALIKE = 0.25
"""The least mean correlation of pixels side by side, and one above the other."""
PEAK = 0.1
"""By how much neighbours are more alike than pixels half a line apart."""
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
    found = []
    for column, _ in columns:
        rows = np.random.default_rng(seed).permutation(len(column.both))[:MOST_ROWS]
        table = in_cells(column, rows)
        form = None if table is None else form_of(table)
        if table is not None and form is not None:
            span = float(table.min()), float(table.max())
            found.append(plain([column], form, span) | {"in_cells": True})
    for _, run in groupby(columns, key=lambda one: re.sub(r"\d+", "#", one[0].name)):
        pixels = [one for one in run if is_shade(*one)]
        if len(pixels) >= FEWEST_PIXELS:
            rows = np.random.default_rng(seed).permutation(len(pixels[0][0].both))[:MOST_ROWS]
            shades = [numbers_of(*one).to_numpy()[rows] for one in pixels]
            form = form_of(np.stack(shades, axis=1))
            if form is not None:
                shown = [column for column, _ in pixels]
                low = min(float(column.both.min()) for column in shown)
                high = max(float(column.both.max()) for column in shown)
                found.append(plain(shown, form, (low, high)))
    return found


def in_cells(column: Column, rows: Rows) -> Floats | None:
    """The numbers in cells, (rows, numbers), where each cell holds the same count of them."""
    if not (column.in_train and column.in_test) or column.kind != "string":
        return None
    numbers = [numbers_in(str(cell)) for cell in column.both.iloc[rows]]
    counts = {len(cell) for cell in numbers}
    return np.stack(numbers) if len(counts) == 1 and min(counts) >= FEWEST_PIXELS else None


def numbers_in(cell: str) -> Floats:
    """The numbers of a cell, with spaces, commas or semicolons between; none if it has others."""
    if not MANY_NUMBERS.fullmatch(cell):
        return np.empty(0)
    try:
        return np.array(re.findall(r"[^\s,;\[\]()]+", cell), dtype=np.float64)
    except ValueError:
        return np.empty(0)


def is_shade(column: Column, role: Role) -> bool:
    """Whether a column could be a pixel: plain numbers without gaps on both sides."""
    known = column.in_train and column.in_test and column.kind in ("int", "float")
    return known and role.name in ROLES and not column.both.isna().any()


def plain(pixels: list[Column], form: Form, span: tuple[float, float]) -> dict[str, Any]:
    """A plain `Raster`."""
    return {
        "columns": [column.name for column in pixels],
        "high": form.high,
        "wide": form.wide,
        "order": form.order,
        "darkest": span[0],
        "brightest": span[1],
    }


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
    """How much more alike neighbours are than pixels half a line apart; -1 where they are not."""
    least = min(alike(scaled, form.beside), alike(scaled, form.below))
    return least - alike(scaled, form.half) if least >= ALIKE else -1.0


def alike(scaled: Floats, distance: int) -> float:
    """The mean correlation of columns at a distance, of those that vary."""
    products = (scaled[:, :-distance] * scaled[:, distance:]).mean(axis=0)
    varies = np.asarray(scaled.any(axis=0))
    both = varies[:-distance] & varies[distance:]
    return float(products[both].mean()) if both.any() else 0.0
