"""How generated code reads a table of each form: one line, and the recipe that it calls."""

from __future__ import annotations

from typing import Any

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.rendering import flat_literal

LARGE = "read_large_table"
ANY_ZONE = " %Z"
PARTED = "read_partitions"
WRITTEN = "read_written_table"
RECIPES = {
    "delimited": "read_text_table",
    "ragged": "read_ragged",
    "fixed_width": "read_fixed_width",
    "json": "read_json_records",
    "json_lines": "read_json_records",
    "parquet": "read_columnar",
    "feather": "read_columnar",
    "excel": "read_sheet",
    "sqlite": "read_database",
}


def table_read(
    variable: str, place: str, form: dict[str, Any], *, to_the_letter: bool = False
) -> tuple[str, str]:
    """The line that reads the table at `place` (an expression), and the recipe's name.

    `form` is a plain `TableForm`; with `to_the_letter` NA and the like are words, and no gaps, in
    tables with separators. Raises GenerationError for a format that no recipe reads.
    """
    recipe = RECIPES.get(form.get("format", "delimited"))
    if to_the_letter and recipe == RECIPES["delimited"]:
        recipe = WRITTEN
    if form.get("partitions"):
        recipe = PARTED
    if recipe is None:
        raise GenerationError(f"no recipe reads tables of the format {form['format']!r}")
    return f"{variable} = {recipe}({place}{words(form)})", recipe


def large_table_read(variable: str, place: str, form: dict[str, Any], numbers: str) -> str:
    """The line that reads a delimited table by `read_large_table`; `numbers` is an expression."""
    return f"{variable} = {LARGE}({place}, {numbers}{words(form)})"


def date_read(form: str | None, column: str) -> tuple[str, tuple[str, ...]]:
    """The call that reads dates of one format, or of several parted by `|`; and its recipes.

    Where zones or offsets from UTC are written, moments are those of UTC, as the worker reads them
    too.
    """
    formats = (form or "").split(" | ")
    if ANY_ZONE in formats[0]:
        local = [one.replace(ANY_ZONE, "") for one in formats]
        return f"as_zoned_dates({column}, {flat_literal(local)})", ("as_zoned_dates",)
    if len(formats) > 1:
        return f"as_mixed_dates({column}, {flat_literal(formats)})", ("as_mixed_dates",)
    if "%z" in formats[0]:
        return f"as_utc_dates({column}, {flat_literal(form)})", ("as_utc_dates",)
    written = f"format={flat_literal(form)}, " if form else ""
    return f'pd.to_datetime({column}, {written}errors="coerce")', ()


def words(form: dict[str, Any]) -> str:
    """What a reader must be told about a table, as further arguments of its call."""
    return "".join(f", {name}={flat_literal(value)}" for name, value in settings(form).items())


def settings(form: dict[str, Any]) -> dict[str, Any]:
    """The arguments that tell a reader how the table is written, without what is usual."""
    kind = form.get("format", "delimited")
    part = form.get("part", "")
    if kind == "excel":
        return {"sheet": part}
    if kind == "sqlite":
        return {"table": part}
    if kind in ("json", "json_lines"):
        return {**({"key": part} if part else {}), **({"lines": True} if kind != "json" else {})}
    named: dict[str, Any] = {}
    if kind == "fixed_width":
        named["edges"] = tuple(form["edges"])
    if kind == "ragged" and form.get("width"):
        named["spread"] = True
    if kind in ("delimited", "ragged") and form.get("separator", ",") != ",":
        named["separator"] = form["separator"]
    if kind in ("delimited", "ragged", "fixed_width") and form.get("encoding", "utf-8") != "utf-8":
        named["encoding"] = form["encoding"]
    return named
