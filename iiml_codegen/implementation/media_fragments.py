"""Fragments for files that belong to rows: pictures, sounds, atoms, each as a block of numbers.

They stand in `extract`, where `train` and `test` were read before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment
from iiml_codegen.implementation.rendering import flat_literal

RECIPES = {
    "image": ("image_statistics", ""),
    "audio": ("sound_statistics", ""),
    "atoms": ("atoms_statistics", ", fitted"),
}
"""What measures each kind of file, and its arguments behind the paths."""


def media_numbers(values: dict[str, Any]) -> Fragment:
    """Numbers that describe one kind of file, a row for each row of train and test."""
    name, (recipe, arguments) = values["name"], RECIPES[values["kind"]]
    column = flat_literal(values["column"])
    sides = [
        f"row_files(data_dir, {side}[{column}], {flat_literal(values[side])})"
        for side in ("train", "test")
    ]
    named = f", name={flat_literal(name)}" if name != values["default"] else ""
    lines = (
        f"{name}_files = {sides[0]}",
        f"{name}_files += {sides[1]}",
        f"{name}_numbers = {recipe}({name}_files{arguments}{named})",
    )
    return Fragment("extract", lines, ("row_files", recipe), {}, (f"{name}_numbers",))


MEDIA_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {"media_numbers": media_numbers}
