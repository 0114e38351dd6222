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
    constants = {} if values["in_cells"] else {constant: values["columns"]}
    shades, features = view or f"{name}_shades", []
    form = f"{values['wide']}, {written(values['darkest'])}, {written(values['brightest'])}"
    form += f", colours={values['colours']}" if values["colours"] > 1 else ""
    form += ", planes=True" if values["planes"] else ""
    recipe, given = "shades_of_columns", f"rows, {constant}"
    if values["in_cells"]:
        cells = f"rows[{flat_literal(values['columns'][0])}]"
        recipe, given = "shades_in_cells", f"{cells}, {values['pixels']}"
    lines, recipes = [f"{shades} = {recipe}({given}, {form})"], [recipe]
    if values["measured"]:
        named = f", name={flat_literal(name)}" if name != "picture" else ""
        lines.append(f"{name}_numbers = raster_statistics({shades}{named})")
        recipes.append("raster_statistics")
        features.append(f"{name}_numbers")
    return Fragment(
        "extract",
        tuple(lines),
        tuple(recipes),
        constants,
        tuple(features),
        {view: view} if view else {},
    )


def written(number: float) -> str:
    """A number as it is written in code; whole ones without a point."""
    return repr(int(number) if number == int(number) else number)


RASTER_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {"raster": raster}
