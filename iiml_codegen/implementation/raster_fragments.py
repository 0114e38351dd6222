"""The fragment of pictures that stand in columns; it stands in `extract`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment
from iiml_codegen.implementation.rendering import flat_literal


def raster(values: dict[str, Any]) -> Fragment:
    """The shades of a picture, and the numbers that are measured on it."""
    name, view = values["name"], values["view"]
    constant = "PIXELS" if name == "picture" else f"PIXELS_OF_{name.upper()}"
    shades = view or f"{name}_shades"
    span = f"{values['darkest']:g}, {values['brightest']:g}"
    colours = f", colours={values['colours']}" if values["colours"] > 1 else ""
    lines = [f"{shades} = shades_of_columns(rows, {constant}, {values['wide']}, {span}{colours})"]
    recipes, features = ["shades_of_columns"], []
    if values["measured"]:
        named = f", name={flat_literal(name)}" if name != "picture" else ""
        lines.append(f"{name}_numbers = raster_statistics({shades}{named})")
        recipes.append("raster_statistics")
        features.append(f"{name}_numbers")
    return Fragment(
        "extract",
        tuple(lines),
        tuple(recipes),
        {constant: values["columns"]},
        tuple(features),
        {view: view} if view else {},
    )


RASTER_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {"raster": raster}
