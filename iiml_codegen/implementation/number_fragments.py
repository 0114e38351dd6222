"""How steps that read numbers are written as code: plain ones, and those that people write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment
from iiml_codegen.implementation.rendering import flat_literal


def marks(form: dict[str, Any]) -> str:
    """The marks of written numbers as further arguments, without what is usual."""
    usual = {"decimal": ".", "thousands": ""}
    told = {name: form[name] for name, value in usual.items() if form.get(name, value) != value}
    return "".join(f", {name}={flat_literal(value)}" for name, value in told.items())


def numbers(values: dict[str, Any]) -> Fragment:
    """Columns that are numbers; `written` lists those with marks or signs, by their form."""
    plain, written = values["columns"], values.get("written", [])
    lines, constants = [], {}
    recipes = ["as_numbers"] if plain or not written else []
    if recipes:
        lines.append("numbers = as_numbers(rows, NUMBERS)")
        constants["NUMBERS"] = plain
    for place, form in enumerate(written):
        name = "WRITTEN_NUMBERS" if place == 0 else f"WRITTEN_NUMBERS_{place + 1}"
        constants[name] = form["columns"]
        call = f"as_written_numbers(rows, {name}{marks(form)})"
        lines.append(f"numbers = numbers.join({call})" if lines else f"numbers = {call}")
        recipes.append("as_written_numbers")
    return Fragment("prepare", tuple(lines), tuple(dict.fromkeys(recipes)), constants, ("numbers",))


def number_target(values: dict[str, Any]) -> Fragment:
    """Numbers, or several 0/1 labels, as one vector or matrix."""
    targets, form = values["targets"], values.get("written")
    reader, told = ("as_numbers", "") if form is None else ("as_written_numbers", marks(form))
    if len(targets) == 1:
        line = f"target = {reader}(train, [TARGET]{told})[TARGET].to_numpy()"
        return Fragment("prepare", (line,), (reader,), {"TARGET": targets[0]})
    line = f"target = {reader}(train, TARGETS{told}).to_numpy()"
    return Fragment("prepare", (line,), (reader,), {"TARGETS": targets})


def like_numbers(values: dict[str, Any]) -> Fragment:
    """Numbers that measure like things, taken together."""
    line = "together = like_numbers(numbers, ALIKE)"
    return Fragment(
        "prepare", (line,), ("like_numbers",), {"ALIKE": values["groups"]}, ("together",)
    )


def test_gaps(values: dict[str, Any]) -> Fragment:
    """Gaps that no training row has."""
    line = "numbers = with_usual_values(numbers, NEVER_MISSING, fitted)"
    constants = {"NEVER_MISSING": values["columns"]}
    return Fragment("prepare", (line,), ("with_usual_values",), constants, ())


NUMBER_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "numbers": numbers,
    "like_numbers": like_numbers,
    "test_gaps": test_gaps,
    "number_target": number_target,
}
