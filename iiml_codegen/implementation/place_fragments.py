"""How steps about points are written as code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment

MENDED = "numbers = mended_places(numbers, PLACES, fitted)"


def ways_on_earth(values: dict[str, Any]) -> Fragment:
    """Places put right, and the ways between them."""
    lines = (MENDED, "ways = ways_on_earth(numbers, PLACES)")
    recipes = ("mended_places", "ways_on_earth")
    return Fragment("prepare", lines, recipes, {"PLACES": values["points"]}, ("ways",))


def ways_on_plane(values: dict[str, Any]) -> Fragment:
    """The straight ways between points."""
    line = "distances = ways_on_plane(numbers, POINTS)"
    constants = {"POINTS": values["points"]}
    return Fragment("prepare", (line,), ("ways_on_plane",), constants, ("distances",))


def turned_places(values: dict[str, Any]) -> Fragment:
    """A place put right, and seen along other axes."""
    lines = (MENDED, "turned = turned_places(numbers, PLACES, fitted)")
    recipes = ("mended_places", "turned_places")
    return Fragment("prepare", lines, recipes, {"PLACES": values["points"]}, ("turned",))


PLACE_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "ways_on_earth": ways_on_earth,
    "ways_on_plane": ways_on_plane,
    "turned_places": turned_places,
}
