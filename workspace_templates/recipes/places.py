"""Points in several columns: what stands wrong put right, the way between two, the plane turned."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember

EARTH_RADIUS_KM = 6371.0
MOST_WAYS = 15
MOST_DIRECTIONS = 3


def mended_places(
    numbers: pd.DataFrame, places: Mapping[str, Sequence[str]], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Put latitudes and longitudes right: swapped ones are turned, what is on no map is a gap.

    A pair is swapped where each lies in the usual range of the other, and these ranges are apart.
    """
    mended: dict[str, pd.Series] = {}
    for name, (latitude, longitude) in places.items():
        north, east = numbers[latitude].astype("float64"), numbers[longitude].astype("float64")
        usual = remember(fitted, f"usual range of {name}", partial(usual_ranges, north, east))
        if max(usual[0][0], usual[1][0]) > min(usual[0][1], usual[1][1]):
            swapped = north.between(*usual[1]) & east.between(*usual[0])
            north, east = north.mask(swapped, east), east.mask(swapped, north)
        nowhere = (north.abs() > 90) | (east.abs() > 180) | ((north == 0) & (east == 0))
        mended |= {latitude: north.mask(nowhere), longitude: east.mask(nowhere)}
    return numbers.assign(**mended)


def usual_ranges(north: pd.Series, east: pd.Series) -> list[tuple[float, float]]:
    """Find where nine tenths of latitudes and longitudes lie, and as far again on each side."""
    ranges = []
    for values in (north, east):
        low, high = values[(north != 0) | (east != 0)].quantile([0.05, 0.95])
        ranges.append((2 * low - high, 2 * high - low))
    return ranges


def ways_on_earth(numbers: pd.DataFrame, places: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Measure the way between places along a great circle; for the first ways where it leads."""
    ways = {}
    for rank, (start, end) in enumerate(neighbours_first(list(places))):
        north, east = np.radians(coordinates(numbers, places[start]))
        next_north, next_east = np.radians(coordinates(numbers, places[end]))
        way = f"from {start} to {end}"
        ways[f"km {way}"] = haversine_km(north, east, next_north, next_east)
        if rank < MOST_DIRECTIONS:
            turn = (next_east - east + np.pi) % (2 * np.pi) - np.pi
            ways[f"km north {way}"] = EARTH_RADIUS_KM * (next_north - north)
            ways[f"km east {way}"] = EARTH_RADIUS_KM * turn * np.cos((north + next_north) / 2)
            ways[f"bearing {way}"] = bearing(north, next_north, turn)
    return pd.DataFrame(ways, index=numbers.index)


def coordinates(numbers: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Give each column as one row of an array."""
    return numbers[list(columns)].to_numpy("float64").T


def haversine_km(
    north: np.ndarray, east: np.ndarray, next_north: np.ndarray, next_east: np.ndarray
) -> np.ndarray:
    """Measure the shortest way on the earth's surface between places given in radians."""
    half = np.sin((next_north - north) / 2) ** 2
    half += np.cos(north) * np.cos(next_north) * np.sin((next_east - east) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half.clip(0, 1))))


def bearing(north: np.ndarray, next_north: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Tell the direction in which one sets out, in degrees: 0 is north, 90 east, -90 west."""
    ahead = np.cos(north) * np.sin(next_north)
    ahead -= np.sin(north) * np.cos(next_north) * np.cos(turn)
    return np.asarray(np.degrees(np.arctan2(np.sin(turn) * np.cos(next_north), ahead)))


def ways_on_plane(numbers: pd.DataFrame, points: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Measure the straight way between points of two or three axes; of the first where it leads."""
    ways = {}
    for rank, (start, end) in enumerate(neighbours_first(list(points))):
        steps = coordinates(numbers, points[end]) - coordinates(numbers, points[start])
        way = f"from {start} to {end}"
        ways[f"distance {way}"] = np.sqrt((steps**2).sum(axis=0))
        if rank < MOST_DIRECTIONS:
            ways |= {f"{axis} {way}": step for axis, step in zip("xyz", steps, strict=False)}
            ways[f"angle {way}"] = np.degrees(np.arctan2(steps[1], steps[0]))
    return pd.DataFrame(ways, index=numbers.index)


def neighbours_first(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pair names, those next to each other first, up to `MOST_WAYS`."""
    order = {name: place for place, name in enumerate(names)}
    pairs = sorted(combinations(names, 2), key=lambda pair: order[pair[1]] - order[pair[0]])
    return pairs[:MOST_WAYS]


def turned_places(
    numbers: pd.DataFrame, places: Mapping[str, Sequence[str]], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Turn the map by 45 degrees around its middle, since trees cut along the axes only."""
    turned = {}
    for name, (latitude, longitude) in places.items():
        north, east = numbers[latitude].astype("float64"), numbers[longitude].astype("float64")
        middle = remember(fitted, f"middle of {name}", partial(medians, north, east))
        up = np.radians(north - middle[0]) * EARTH_RADIUS_KM
        right = np.radians(east - middle[1]) * EARTH_RADIUS_KM * np.cos(np.radians(middle[0]))
        turned[f"{name} km to the northeast"] = (up + right) / np.sqrt(2)
        turned[f"{name} km to the northwest"] = (up - right) / np.sqrt(2)
    return pd.DataFrame(turned, index=numbers.index)


def medians(*columns: pd.Series) -> list[float]:
    """Find the middle value of each column."""
    return [float(values.median()) for values in columns]
