"""A table as bytes: where its records and fields lie, so that rows are sliced and never rewritten.

Record and field borders follow pandas' C parser: a quote opens a quoted field only at the field's
start, `""` inside stands for a quote, blank lines are no rows. Three ways lead there: without any
quote every newline and separator is a border; with well-formed quotes those are borders that an
even number of quotes precedes; anything else is read field by field.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .errors import DataError

UTF8_BOM = b"\xef\xbb\xbf"
QUOTE, NEWLINE, RETURN = b'"'[0], b"\n"[0], b"\r"[0]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RawTable:
    """Bytes of a table and the borders in them.

    Field `j` of row `i` is `data[cuts[i, j] + 1 : cuts[i, j + 1]]`; a row with its line ending is
    `data[cuts[i, 0] + 1 : ends[i]]`. `head` is everything before the first row, with `head_cuts`.
    """

    data: bytes
    columns: tuple[str, ...]
    separator: bytes
    newline: bytes
    head: bytes
    head_cuts: Positions
    cuts: Positions
    ends: Positions

    def __len__(self) -> int:
        return len(self.ends)

    def place(self, column: str) -> int:
        """Position of a column; raises DataError."""
        if column not in self.columns:
            raise DataError(f"the table has no column {column!r}")
        return self.columns.index(column)

    @property
    def mark(self) -> bytes:
        """The byte order mark, if there is one."""
        return UTF8_BOM if self.data.startswith(UTF8_BOM) else b""

    @cached_property
    def has_short_rows(self) -> bool:
        """True if some row has fewer fields than the header."""
        return bool(len(self.short_rows()))

    def short_rows(self) -> Positions:
        """Rows that have fewer fields than the header."""
        if len(self.columns) < 2:
            return np.empty(0, np.int64)
        return np.flatnonzero(self.cuts[:, -2] == self.cuts[:, -1])


def parse(data: bytes, separator: str, encoding: str) -> RawTable:
    """Find header, rows and fields of a table."""
    start = len(UTF8_BOM) if data.startswith(UTF8_BOM) else 0
    cut = separator.encode("ascii")
    found = _by_parity(data, start, cut[0])
    if found is None:
        found = _field_by_field(data, start, cut)
    records, ends, cuts = found
    if not len(records):
        raise DataError("the table is empty", hint="Fetch the file again.")
    header = data[records[0, 0] : records[0, 1]].decode(encoding.removesuffix("-sig"))
    columns = tuple(next(csv.reader([header], delimiter=separator)))
    ending = data[records[0, 1] : ends[0]] or b"\n"
    head = data[: ends[0]] if ends[0] > records[0, 1] else data[: ends[0]] + ending
    shaped = _shape(records, cuts, len(columns))
    return RawTable(data, columns, cut, ending, head, shaped[0], shaped[1:], ends[1:])


def _by_parity(
    data: bytes, start: int, separator: int
) -> tuple[Positions, Positions, Positions] | None:
    """Borders where an even number of quotes lies before; None if quotes or returns are odd."""
    codes = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(codes == QUOTE)
    if not _well_quoted(codes, quotes, start, separator):
        return None
    newlines = _outside(np.flatnonzero(codes == NEWLINE), quotes)
    returns = _outside(np.flatnonzero(codes == RETURN), quotes)
    if not np.isin(returns + 1, newlines).all():
        return None
    stops = newlines if len(newlines) and newlines[-1] == len(data) - 1 else _append(newlines, data)
    begins = np.concatenate([[start], stops[:-1] + 1]).astype(np.int64)
    with_return = np.isin(stops - 1, returns)
    records = np.stack([begins, stops - with_return], axis=1)
    ends = np.minimum(stops + 1, len(data))
    kept = _not_blank(data, records)
    return records[kept], ends[kept], _outside(np.flatnonzero(codes == separator), quotes)


def _append(newlines: Positions, data: bytes) -> Positions:
    return np.concatenate([newlines, [len(data)]]).astype(np.int64)


def _outside(places: Positions, quotes: Positions) -> Positions:
    """The places that are not inside quotes."""
    if not len(quotes):
        return places
    outside: Positions = places[np.searchsorted(quotes, places) % 2 == 0]
    return outside


def _well_quoted(codes: npt.NDArray[np.uint8], quotes: Positions, start: int, sep: int) -> bool:
    """Every opening quote starts a field, every closing one ends it, `""` aside."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    border = np.array([sep, NEWLINE, RETURN, QUOTE], np.uint8)
    before = codes[np.maximum(opening - 1, 0)]
    after = codes[np.minimum(closing + 1, len(codes) - 1)]
    opens = np.isin(before, border) | (opening == start)
    closes = np.isin(after, border) | (closing == len(codes) - 1)
    return bool(opens.all() and closes.all())


def _not_blank(data: bytes, records: Positions) -> npt.NDArray[np.bool_]:
    kept = np.ones(len(records), np.bool_)
    for row in np.flatnonzero(records[:, 1] - records[:, 0] < 8):
        kept[row] = bool(data[records[row, 0] : records[row, 1]].strip(b" "))
    return kept


def _field_by_field(
    data: bytes, start: int, separator: bytes
) -> tuple[Positions, Positions, Positions]:
    """Borders by reading one field after the other, for stray quotes and lone returns."""
    plain = b"[^" + re.escape(separator) + b"\r\n]*"
    field = re.compile(b'(?:"(?:[^"]|"")*"?)?' + plain)
    stop = re.compile(b"\r\n|\r|\n|" + re.escape(separator))
    records: list[tuple[int, int]] = []
    ends: list[int] = []
    cuts: list[int] = []
    begin = place = start
    while place < len(data):
        matched = field.match(data, place)
        place = matched.end() if matched else place
        border = stop.match(data, place)
        if border and border.group() == separator:
            cuts.append(place)
            place = border.end()
            continue
        records.append((begin, place))
        place = begin = border.end() if border else len(data)
        ends.append(place)
    borders = np.array(records, np.int64).reshape(-1, 2)
    kept = _not_blank(data, borders)
    return borders[kept], np.array(ends, np.int64)[kept], np.array(cuts, np.int64)


def _shape(records: Positions, separators: Positions, width: int) -> Positions:
    """Cuts as rows x (width + 1); short rows are filled with empty fields at their end."""
    first = np.searchsorted(separators, records[:, 0])
    counts = np.searchsorted(separators, records[:, 1]) - first
    if len(counts) and counts.max() >= width:
        row = int(np.argmax(counts))
        raise DataError(
            f"row {row} has {counts.max() + 1} fields, the header {width}",
            hint="Is a value with the separator in it not quoted?",
        )
    cuts = np.repeat(records[:, 1:], width + 1, axis=1)
    cuts[:, 0] = records[:, 0] - 1
    if (counts == width - 1).all() and len(separators) == counts.sum():
        cuts[:, 1:-1] = separators.reshape(len(records), width - 1)
        return cuts
    for place in range(width - 1):
        there = counts > place
        cuts[there, place + 1] = separators[first[there] + place]
    return cuts
