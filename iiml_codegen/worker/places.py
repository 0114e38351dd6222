"""Columns that together are points: latitude with longitude, or x with y (and z)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Column
from .name_words import words_of
from .roles import Role
from .single_column import signal

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Named = dict[str, Column]
Spans = dict[str, tuple[float, float]]

AXES = {
    **dict.fromkeys(("lat", "latitude"), "latitude"),
    **dict.fromkeys(("lng", "lon", "long", "longitude"), "longitude"),
    **dict.fromkeys(("easting", "x", "xcoord", "xpos"), "x"),
    **dict.fromkeys(("northing", "y", "ycoord", "ypos"), "y"),
    **dict.fromkeys(("z", "zcoord", "zpos"), "z"),
}
GLUED = re.compile(r"(.+?)(latitude|longitude|lat|lng|long|lon)")
EARTH = ("latitude", "longitude")
FARTHEST = {"latitude": 90.0, "longitude": 180.0}
MOSTLY = 0.9
"""Of rows with both numbers, how many lie on the earth."""
MOTIONS = re.compile(
    r"acc|angular|direction|euler|field|force|gyro|magnet|momentum|normal|orient|quat|rot|speed"
    r"|tilt|torque|vector|veloc"
)
"""Words of names that tell of arrows and turns, whose x and y are no place."""
SAME_SIZE = 5.0
"""How much wider one of two points may be spread, where both lie on one plane."""
INNER = (0.05, 0.95)
ROWS_A_CELL, LINES = 20, (3, 16)


def maps(
    columns: list[tuple[Column, Role]], target: Floats, has_classes: bool, seed: int
) -> list[dict[str, Any]]:
    """Plain `Map`s: all points on the earth, and the points of the plane that has most of them.

    `target` belongs to the training rows of the columns.
    """
    numbers = [one for one, role in columns if role.name in ("number", "ordinal_code")]
    named = by_point([one for one in numbers if one.in_train and one.in_test])
    earth, flat = {}, {}
    for (on_earth, name), axes in named.items():
        if on_earth and set(axes) == set(EARTH) and on_globe(axes) >= MOSTLY:
            earth[name] = {axis: axes[axis] for axis in EARTH}
        elif not on_earth and {"x", "y"} <= set(axes) and not MOTIONS.search(name):
            flat[name] = dict(sorted(axes.items()))
    plane = max(planes(flat), key=len, default={})
    alone = signal(grid_codes(*earth.values()), target, has_classes, seed) if len(earth) == 1 else 0
    found = [plain_map(earth, on_earth=True) | {"signal": round(alone, 4)}] if earth else []
    return [*found, plain_map(plane, on_earth=False)] if len(plane) > 1 else found


def by_point(columns: list[Column]) -> dict[tuple[bool, str], Named]:
    """The columns of each point by axis; points are told by the rest of their columns' names."""
    points: dict[tuple[bool, str], Named] = defaultdict(dict)
    for column in columns:
        axis, rest = axis_of(column.name)
        if axis:
            points[axis in EARTH, rest].setdefault(axis, column)
    return points


def axis_of(name: str) -> tuple[str, str]:
    """Which axis a column's name tells, if any, and the words around it: `pickup`, `point_1`."""
    words = words_of(name)
    places = [place for place, word in enumerate(words) if word in AXES]
    if not places:
        glued = [(place, GLUED.fullmatch(word)) for place, word in enumerate(words)]
        fitting = [(place, match) for place, match in glued if match]
        if not fitting:
            return "", ""
        place, match = fitting[-1]
        words[place : place + 1] = match.groups()
        places = [place + 1]
    place = max(places, key=lambda one: (AXES[words[one]] in EARTH, one))
    rest = words[:place] + words[place + 1 :]
    prefix = [] if any(not word.isdigit() for word in rest) else ["point"]
    return AXES[words[place]], "_".join([*prefix, *rest])


def on_globe(axes: Named) -> float:
    """The share of rows that may be latitude and longitude, of those that are not 0 and 0."""
    latitude, longitude = (np.abs(values_of(axes[axis])) for axis in EARTH)
    told = latitude + longitude > 0
    fits = (latitude <= FARTHEST["latitude"]) & (longitude <= FARTHEST["longitude"])
    return float(fits[told].mean()) if told.any() else 0.0


def grid_codes(place: Named) -> Codes:
    """Cells of a grid that has as many training rows in each of its lines, `ROWS_A_CELL` a cell."""
    codes = np.zeros(len(next(iter(place.values())).train), np.int64)
    lines = int(np.clip((len(codes) / ROWS_A_CELL) ** 0.5, *LINES))
    for column in place.values():
        values = column.train.to_numpy(np.float64, na_value=np.nan)
        known = values[np.isfinite(values)]
        cuts = np.quantile(known, np.linspace(0, 1, lines + 1)[1:-1]) if len(known) else known
        codes = codes * (lines + 1) + np.searchsorted(cuts, values, side="right")
    return codes


def values_of(column: Column) -> Floats:
    """A column of both tables as numbers."""
    return column.both.to_numpy(np.float64, na_value=np.nan)


def planes(points: dict[str, Named]) -> list[dict[str, Named]]:
    """Points of the same axes whose values lie among each other."""
    found: list[tuple[Spans, dict[str, Named]]] = []
    for name, axes in points.items():
        own = {axis: span(values_of(column)) for axis, column in axes.items()}
        for spans, plane in found:
            if lies_among(own, spans):
                plane[name] = axes
                break
        else:
            found.append((own, {name: axes}))
    return [plane for _, plane in found]


def span(values: Floats) -> tuple[float, float]:
    """Where nine tenths of the values begin and end."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, INNER) if len(known) else (np.nan, np.nan)
    return float(low), float(high)


def lies_among(point: Spans, other: Spans) -> bool:
    """Whether two points have the same axes, spread about as wide and over common ground."""
    return set(point) == set(other) and all(overlap(point[axis], other[axis]) for axis in point)


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two spans share ground, and neither is far wider."""
    widths = [high - low for low, high in (one, other)]
    return max(one[0], other[0]) < min(one[1], other[1]) and max(widths) <= SAME_SIZE * min(widths)


def plain_map(points: dict[str, Named], *, on_earth: bool) -> dict[str, Any]:
    """A plain `Map`."""
    return {
        "on_earth": on_earth,
        "points": [
            {"name": name, "columns": [column.name for column in axes.values()]}
            for name, axes in points.items()
        ],
    }
