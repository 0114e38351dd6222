"""Fragments for files that belong to rows: a block of numbers for each kind, or their paths.

They stand in `extract`, where `train` and `test` were read before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.domain.layout import TABLE_COLUMN
from iiml_codegen.implementation.fragment import Fragment
from iiml_codegen.implementation.rendering import flat_literal

FIELD = f"{{{TABLE_COLUMN}}}"
RECIPES = {
    "image": ("image_statistics", ""),
    "audio": ("sound_statistics", ""),
    "atoms": ("atoms_statistics", ", fitted"),
    "numbers": ("record_statistics", ", fitted"),
}
"""What measures each kind of file, and its arguments behind the paths."""


def media_numbers(values: dict[str, Any]) -> Fragment:
    """Numbers that describe one kind of file, a row for each row of train and test."""
    name, (recipe, arguments) = values["name"], RECIPES[values["kind"]]
    if "*" in values["train"]:
        given = f"{name}_files, {recipe}{arguments}, name={flat_literal(name)}"
        measured = f"{name}_numbers = average_of_files({given})"
        recipes = (lister(values), "average_of_files", recipe)
        return Fragment("extract", (*listing(values), measured), recipes, {}, (f"{name}_numbers",))
    named = f", name={flat_literal(name)}" if name != values["default"] else ""
    measured = f"{name}_numbers = {recipe}({name}_files{arguments}{named})"
    lines = (*listing(values), measured)
    return Fragment("extract", lines, ("row_files", recipe), {}, (f"{name}_numbers",))


def media_paths(values: dict[str, Any]) -> Fragment:
    """The paths of one kind of file; files that a step before has listed are not listed again."""
    view, files = values["view"], values["files"]
    listed = [line for one in files if not values["listed"] for line in listing(one)]
    named = ", ".join(f"{one['name']}_files" for one in files)
    lines = (*listed, f"{view} = file_paths({named})")
    recipes = (*dict.fromkeys(lister(one) for one in files), "file_paths")
    return Fragment("extract", lines, recipes, views={view: view})


def listing(values: dict[str, Any]) -> tuple[str, str]:
    """The lines that list one kind of file, for the rows of train and test."""
    name = values["name"]
    train, test = (f"{lister(values)}({files_given(values, side)})" for side in ("train", "test"))
    return f"{name}_files = {train}", f"{name}_files += {test}"


def files_given(values: dict[str, Any], side: str) -> str:
    """The arguments that find files: folder, a value for each row, and the path around it."""
    shown, pattern = f"{side}[{flat_literal(values['column'])}]", values[side]
    if FIELD in pattern:
        start, end = sorted((pattern.index(FIELD), pattern.index("{}")))
        table = f"{side}[{flat_literal(TABLE_COLUMN)}]"
        first, second = (table, shown) if pattern.startswith(FIELD, start) else (shown, table)
        length = {table: len(FIELD), shown: len("{}")}
        between = flat_literal(pattern[start + length[first] : end])
        shown = f"{first} + {between} + {second}"
        pattern = pattern[:start] + "{}" + pattern[end + length[second] :]
    return f"data_dir, {shown}, {flat_literal(pattern)}"


def lister(values: dict[str, Any]) -> str:
    """What finds the file of each row, or its files where the path has a part that is free."""
    return "row_file_lists" if "*" in values["train"] else "row_files"


MEDIA_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "media_numbers": media_numbers,
    "media_paths": media_paths,
}
