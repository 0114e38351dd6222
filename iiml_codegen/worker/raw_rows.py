"""Rows sliced out of a raw table: whole, with columns replaced, or reduced to some columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from .raw_csv import Positions, RawTable

QUOTED = re.compile(rb'"((?:[^"]|"")*)"')
Column = int | Sequence[bytes]
"""A column of the table by its place, or values to stand there, one per row."""


def unquoted(field: bytes) -> bytes:
    """The value of a field: without the quotes around it, `""` as one quote."""
    matched = QUOTED.match(field) if field[:1] == b'"' else None
    if matched is None:
        return field
    return matched.group(1).replace(b'""', b'"') + field[matched.end() :]


def slices(table: RawTable, rows: Positions, first: int, last: int) -> list[bytes]:
    """What stands from column `first` to column `last` in each row."""
    begins = (table.cuts[rows, first] + 1).tolist()
    ends = table.cuts[rows, last + 1].tolist()
    data = table.data
    return [data[begin:end] for begin, end in zip(begins, ends, strict=True)]


def column_fields(table: RawTable, column: str) -> list[bytes]:
    """All fields of one column as they stand in the file."""
    place = table.place(column)
    return slices(table, np.arange(len(table)), place, place)


def column_values(table: RawTable, column: str) -> list[bytes]:
    """All values of one column, without quotes."""
    return [unquoted(field) for field in column_fields(table, column)]


def rows_of(
    table: RawTable, rows: Positions, replaced: Mapping[int, Sequence[bytes]]
) -> list[bytes]:
    """Rows as they stand in the file, with whole columns replaced by new values in row order."""
    whole: list[Column] = list(range(len(table.columns)))
    for place, values in replaced.items():
        old = slices(table, rows, place, place)
        whole[place] = [_like(field, value) for field, value in zip(old, values, strict=True)]
    if replaced:
        return selected(table, rows, whole, _endings(table, rows))
    lines = slices(table, rows, 0, len(table.columns) - 1)
    return [line + ending for line, ending in zip(lines, _endings(table, rows), strict=True)]


def selected(
    table: RawTable,
    rows: Positions,
    columns: Sequence[Column],
    endings: Sequence[bytes] | None = None,
) -> list[bytes]:
    """Rows made of some columns, fields as they stand; neighbours are taken in one slice."""
    if endings is None:
        endings = [table.newline] * len(rows)
    pieces = [
        piece if not isinstance(piece, tuple) else slices(table, rows, *piece)
        for piece in _runs(table, columns)
    ]
    if len(columns) == 1:
        pieces = [[field if field.strip(b" ") else b'""' for field in pieces[0]]]
    join = table.separator.join
    return [join(parts) + end for *parts, end in zip(*pieces, endings, strict=True)]


def header_of(table: RawTable, places: Sequence[int]) -> bytes:
    """The header reduced to some columns, with the file's byte order mark."""
    cuts = table.head_cuts
    fields = [table.data[cuts[place] + 1 : cuts[place + 1]] for place in places]
    return table.mark + table.separator.join(fields) + table.newline


def _runs(table: RawTable, columns: Sequence[Column]) -> list[tuple[int, int] | Sequence[bytes]]:
    """Columns that follow each other as (first, last); short rows forbid slicing over several."""
    runs: list[tuple[int, int] | Sequence[bytes]] = []
    for column in columns:
        last = runs[-1] if runs else None
        if not isinstance(column, int):
            runs.append(column)
        elif isinstance(last, tuple) and column == last[1] + 1 and not table.has_short_rows:
            runs[-1] = (last[0], column)
        else:
            runs.append((column, column))
    return runs


def _endings(table: RawTable, rows: Positions) -> list[bytes]:
    """The line ending of each row; a last line without one gets the table's."""
    begins, ends = table.cuts[rows, -1].tolist(), table.ends[rows].tolist()
    pairs = zip(begins, ends, strict=True)
    return [table.data[begin:end] or table.newline for begin, end in pairs]


def _like(old: bytes, new: bytes) -> bytes:
    """A new value with the quotes that the old one had."""
    return b'"' + new + b'"' if old[:1] == b'"' and new[:1] != b'"' else new
