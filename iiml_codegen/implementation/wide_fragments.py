"""The lines that read series in rows: cells of a wide table, and those that the sample asks for."""

from __future__ import annotations

from typing import Any

from iiml_codegen.implementation.rendering import flat_literal, raw_literal
from iiml_codegen.implementation.table_reads import table_read

Lines = list[tuple[str, tuple[str, ...]]]


def wide_lines(values: dict[str, Any], wide: dict[str, Any]) -> Lines:
    """The cells of a table with a column for each step, and those that the sample asks for."""
    sample, called = values["sample"], raw_literal(wide["called"])
    counted = ", counted=True" if wide["counted"] else ""
    melted = [called, flat_literal(wide["time"]), flat_literal(values["targets"][0])]
    return [
        reading("table", values["train_file"], values["layout"]["train_form"]),
        *table_lines(wide),
        (f"train = melted_series(table, {', '.join(melted)}{counted})", ("melted_series",)),
        reading("sample", sample["file"], sample["form"]),
        *(ahead_lines if wide["blocks"] else asked_lines)(sample["id_column"], wide),
    ]


def table_lines(wide: dict[str, Any]) -> Lines:
    """What is done to the table before its cells become rows."""
    lines: Lines = []
    if wide["last"]:
        shown = f"{raw_literal(wide['called'])}, {wide['last']}"
        lines.append((f"table = last_steps(table, {shown})", ("last_steps",)))
    if wide["key"] != wide["series"] or wide["suffix"]:
        shown = ", ".join(flat_literal(wide[name]) for name in ("key", "series", "suffix"))
        lines.append((f"table = called_series(table, {shown})", ("called_series",)))
    return lines


def asked_lines(id_column: str, wide: dict[str, Any]) -> Lines:
    """The cells that are asked for by name, one in each row of the sample."""
    names, ids = f"sample[{flat_literal(id_column)}]", flat_literal(id_column)
    named = [flat_literal(wide[name]) for name in ("series", "time", "joint")]
    named.insert(0, raw_literal(wide["called"]))
    counted = ", counted=True" if wide["counted"] else ""
    lines: Lines = []
    if wide["names"]:
        told = wide["names"]
        shown = f"{flat_literal(told['id'])}, {flat_literal(told['name'])}"
        lines.append(reading("key_table", told["file"], told["form"]))
        line = f"names = names_in_full({names}, key_table, {shown})"
        lines.append((line, ("names_in_full",)))
        names = "names"
    call = f"asked_series({names}, table, {', '.join(named)}{counted})"
    return [
        *lines,
        (f"test = {call}", ("asked_series",)),
        (f"test[{ids}] = sample[{ids}]", ()),
    ]


def ahead_lines(id_column: str, wide: dict[str, Any]) -> Lines:
    """The cells of a sample with a column for each step ahead, but for those that are known."""
    shown = f"{raw_literal(wide['called'])}, {flat_literal(wide['series'])}"
    shown += f", {flat_literal(wide['time'])}, {wide['counted']}"
    call = cells_call("sample", "table", flat_literal(id_column), wide)
    return [
        (f"cells = {call}", ("cells_ahead",)),
        (f"test = asked_ahead(cells, table, {shown})", ("asked_ahead",)),
    ]


def cells_call(sample: str, table: str, id_column: str, wide: dict[str, Any]) -> str:
    """The call that lists the cells of the sample."""
    named = f"{raw_literal(wide['called'])}, {id_column}, {flat_literal(wide['series'])}"
    apart = f", {wide['apart']}" if wide["apart"] != 1 else ""
    return f"cells_ahead({sample}, {table}, {named}, {flat_literal(wide['blocks'])}{apart})"


def reading(variable: str, file: str, form: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """One table as text."""
    line, recipe = table_read(variable, f"data_dir / {flat_literal(file)}", form)
    return line, (recipe,)
