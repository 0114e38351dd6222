"""Fragments for columns with a structure of their own: rows along time, lists; joined views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.rendering import flat_literal


def around_in_time(values: dict[str, Any]) -> Fragment:
    """Means of numbers over the rows before and after."""
    moment = variable(values["date"])
    line = f"around = around_in_time(numbers[AVERAGED_IN_TIME], {moment}, fitted)"
    return Fragment(
        "prepare",
        (line,),
        ("around_in_time",),
        {"AVERAGED_IN_TIME": values["numbers"]},
        ("around",),
    )


def lists(values: dict[str, Any]) -> Fragment:
    """The items of one column of lists."""
    column = values["column"]
    var = f"{variable(column)}_items"
    line = f"{var} = list_features(rows[{flat_literal(column)}], fitted)"
    return Fragment("prepare", (line,), ("list_features",), {}, (var,))


def number_lists(values: dict[str, Any]) -> Fragment:
    """Numbers that stand in lists in cells."""
    column, var = values["column"], f"{variable(values['column'])}_numbers"
    told = f", {values['places']}" if values["places"] else ""
    told += "" if values["counted"] else ", counted=False"
    line = f"{var} = numbers_of_lists(rows[{flat_literal(column)}]{told})"
    return Fragment("prepare", (line,), ("numbers_of_lists",), {}, (var,))


def letters(values: dict[str, Any]) -> Fragment:
    """The characters of codes of one length."""
    column = values["column"]
    var = f"{variable(column)}_letters"
    line = f"{var} = letters_by_place(rows[{flat_literal(column)}], fitted)"
    return Fragment("prepare", (line,), ("letters_by_place",), {}, (var,))


def combined(values: dict[str, Any]) -> Fragment:
    """Words, scaled numbers and what lists hold in one sparse view."""
    words = flat_literal(values["words"])
    recipes: tuple[str, ...] = ("words_and_numbers",)
    given = f"extracted[{words}], design"
    lines: tuple[str, ...] = ()
    if values.get("lists"):
        columns = flat_literal(values["lists"])
        lines = (f"items = [list_weights(rows[name], fitted) for name in {columns}]",)
        given, recipes = f"{given}, items", (*recipes, "list_weights")
    lines = (*lines, f"combined = words_and_numbers({given})")
    return Fragment("prepare", lines, recipes, views={"combined": "combined"}, sliced=True)


def moments(values: dict[str, Any]) -> Fragment:
    """Calendar parts of a number that counts seconds."""
    column = values["column"]
    var = f"{variable(column)}_moment"
    line = f"{var} = from_seconds(rows[{flat_literal(column)}])"
    block = f"date_parts({var})"
    return Fragment("prepare", (line,), ("from_seconds", "date_parts"), {}, (block,))


COLUMN_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "around_in_time": around_in_time,
    "list_items": lists,
    "number_lists": number_lists,
    "letters_by_place": letters,
    "combined": combined,
    "moments": moments,
}
