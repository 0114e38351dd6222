"""The fragment of the view `windows`: what was in the moments before each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.folding import folded
from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.rendering import flat_literal
from iiml_codegen.implementation.table_reads import date_read

INDENT = 4


def past_windows(values: dict[str, Any]) -> Fragment:
    """Numbers, and the target where a horizon says how far back, before each row of a series.

    A step before has read the dates: that of the past of a panel's series, or that of the column.
    """
    call, readers = date_read(values.get("format"), f"rows[{flat_literal(values['date'])}]")
    constants: dict[str, Any] = {}
    numbers, series, lines = "rows[[]]", "row_keys(rows, [])", []
    if values["numbers"]:
        constants["IN_WINDOWS"] = values["numbers"]
        numbers = "numbers[IN_WINDOWS]"
    moments, ends = variable(values["date"]), ""
    if values["answered"]:
        constants |= {"SERIES": values["keys"], "HORIZON": values["horizon"]}
        series, moments, ends = "row_keys(rows, SERIES)", "moments", ", HORIZON, target"
    elif values["date"] not in values["known"]:
        moments = "moments"
        lines.append(f"moments = {call}")
    line = f"windows = past_windows({numbers}, {series}, {moments}, fitted{ends})"
    lines += folded(line, INDENT)
    recipes = (*(readers if len(lines) > 1 else ()), "past_windows", "row_keys")
    return Fragment("prepare", tuple(lines), recipes, constants, views={"windows": "windows"})


WINDOW_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {"past_windows": past_windows}
