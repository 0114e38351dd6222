"""Steps about points: the ways between them, and the map turned for trees where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.profile import Map, Point
from iiml_codegen.planning.plan_words import SHORT, enumerated, listed
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

TELLING = 0.02
"""What a place must tell for the map to be turned. Of 150 places that told nothing, one did."""


def place_steps(request: PrepRequest) -> Iterator[Planned]:
    """The ways between points on the earth or on a plane; a single place on a turned map."""
    usable = {column.name for column in request.columns("number", "ordinal_code")}
    for found in request.profile.maps:
        points = [point for point in found.points if usable.issuperset(point.columns)]
        values = {"points": {point.name: list(point.columns) for point in points}}
        if len(points) > 1:
            key = "ways_on_earth" if found.on_earth else "ways_on_plane"
            why = with_fact(request, "ways", about_points(found, points))
            yield Planned(key, f"Measure the way {between(points)}", why, values)
        elif points and found.on_earth and found.signal >= TELLING:
            grid = f"cells of a grid over {enumerated(points[0].columns)} tell {found.signal:.2f}"
            why = with_fact(request, "turned", grid)
            yield Planned("turned_places", "Turn the map by 45 degrees", why, values)


def between(points: list[Point]) -> str:
    """From which point to which while there are two, else how many there are."""
    ends = f"from {points[0].name} to {points[1].name}"
    return ends if len(points) == 2 and len(ends) <= SHORT else f"between {len(points)} points"


def about_points(found: Map, points: list[Point]) -> str:
    """What makes columns points of one map."""
    names = listed([point.name for point in points], 3)
    if found.on_earth:
        return f"{names} each have a latitude and a longitude"
    axes = enumerated(list("xyz")[: len(points[0].columns)])
    return f"{names} each have {axes} over common ground"
