"""Fragments for columns with a structure of their own: rows along time, lists; joined views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.rendering import flat_literal


def around_in_time(values: dict[str, Any]) -> Fragment:
    """Means of numbers over the rows before and after."""
    moment = variable(values["date"])
    line = f"around = around_in_time(numbers[FOLLOWED], {moment})"
    return Fragment(
        "prepare", (line,), ("around_in_time",), {"FOLLOWED": values["numbers"]}, ("around",)
    )


def lists(values: dict[str, Any]) -> Fragment:
    """The items of one column of lists."""
    column = values["column"]
    var = f"{variable(column)}_items"
    line = f"{var} = list_features(rows[{flat_literal(column)}], fitted)"
    return Fragment("prepare", (line,), ("list_features",), {}, (var,))


def combined(values: dict[str, Any]) -> Fragment:
    """Words and scaled numbers in one sparse view."""
    words = flat_literal(values["words"])
    line = f"combined = words_and_numbers(extracted[{words}], design)"
    return Fragment(
        "prepare",
        (line,),
        ("words_and_numbers",),
        views={"combined": "combined"},
        sliced=True,
    )


COLUMN_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "around_in_time": around_in_time,
    "list_items": lists,
    "combined": combined,
}
