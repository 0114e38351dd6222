"""The fragment that follows numbers along sequences of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.rendering import flat_literal
from iiml_codegen.implementation.table_reads import date_read

USUAL = {"timed": False, "ahead": True, "whole": False}
"""What `along_sequences` does unless it is told otherwise."""


def along_sequences(values: dict[str, Any]) -> Fragment:
    """Numbers around each step, and up to it; dates that a step before has read are read once."""
    order = f"numbers[{flat_literal(values['order'])}]"
    lines: list[str] = []
    readers: tuple[str, ...] = ()
    if values["date"]:
        order = variable(values["order"])
        if values["order"] not in values["known"]:
            call, readers = date_read(values["format"], f"rows[{flat_literal(values['order'])}]")
            lines, order = [f"moments = {call}"], "moments"
    told = "".join(f", {name}={values[name]}" for name in USUAL if values[name] != USUAL[name])
    given = f"numbers[FOLLOWED], rows[{flat_literal(values['column'])}], {order}{told}"
    lines.append(f"along = along_sequences({given})")
    constants = {"FOLLOWED": values["numbers"]}
    return Fragment("prepare", tuple(lines), (*readers, "along_sequences"), constants, ("along",))


SEQUENCE_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "along_sequences": along_sequences
}
