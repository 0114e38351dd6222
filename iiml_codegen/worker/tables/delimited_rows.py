"""Rows of a text table, sliced out of its bytes and never rewritten where that can be helped."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..plan import TableForm
from ..raw_csv import RawTable, parse
from ..raw_rows import Column, column_values, header_of, rows_of, selected, slices
from .rows import Piece, Positions
from .sources import WIDE_BOMS, text_bytes

WIDE = "utf-16"
ROWS_AT_ONCE = 20_000
GAP = "\0"


class DelimitedRows:
    """The row store of CSV and its kin; UTF-16 is held as UTF-8 and encoded again when written."""

    def __init__(self, path: Path, form: TableForm) -> None:
        data, _ = text_bytes(path)
        self.form = form
        self.mark = data[:2] if data[:2] in WIDE_BOMS else b""
        self.table = _named(
            path, _parsed(path.name, self._narrow(data), form.separator, self.codec)
        )

    @property
    def codec(self) -> str:
        """The encoding of the bytes as they are held."""
        return "utf-8" if self.form.encoding.startswith(WIDE) else self.form.encoding

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names as pandas reads them."""
        return self.table.columns

    def __len__(self) -> int:
        return len(self.table)

    def texts(self, column: str) -> list[str]:
        """Every cell of a column, without quotes."""
        plain = self._plain_codec()
        return [value.decode(plain, "replace") for value in column_values(self.table, column)]

    def write(
        self, out: Path, pieces: Sequence[Piece], columns: Sequence[str] | None = None
    ) -> None:
        """Write rows with this table's separator, encoding, byte order mark and line ends."""
        names = self.columns if columns is None else tuple(columns)
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("wb") as file:
            file.write(self.mark + self._widened(self._header(names)))
            for piece in pieces:
                for part in self._parts(piece):
                    file.write(self._widened(b"".join(self._lines(part, names))))

    def _parts(self, piece: Piece) -> Iterator[Piece]:
        """What is written at a time; rows that have to be spelled are spelled all at once."""
        sliced = isinstance(piece.store, DelimitedRows) and self._shares_bytes_with(piece.store)
        return in_parts(piece, ROWS_AT_ONCE if sliced else max(1, len(piece.rows)))

    def _narrow(self, data: bytes) -> bytes:
        if not self.form.encoding.startswith(WIDE):
            return data
        return data.decode(self.form.encoding, "replace").lstrip("\ufeff").encode()

    def _widened(self, data: bytes) -> bytes:
        if not self.form.encoding.startswith(WIDE):
            return data
        codec = self.form.encoding
        if self.mark:
            codec = "utf-16-le" if self.mark == WIDE_BOMS[0] else "utf-16-be"
        return data.decode("utf-8").encode(codec)

    def _plain_codec(self) -> str:
        return self.codec.removesuffix("-sig")

    def _header(self, names: Sequence[str]) -> bytes:
        """The header as it stands, reduced to `names`; spelled anew if pandas renamed some."""
        if tuple(names) == self.columns:
            return self.table.head
        places = [self.table.place(name) for name in names]
        header = header_of(self.table, places)
        read = pandas_names(header.decode(self.codec), self.form.separator)
        if read == tuple(names):
            return header
        fields = [self._field(name) for name in names]
        return self.table.mark + self.table.separator.join(fields) + self.table.newline

    def _lines(self, piece: Piece, names: Sequence[str]) -> list[bytes]:
        """The rows of a piece as lines of this table."""
        store = piece.store
        if not isinstance(store, DelimitedRows) or not self._shares_bytes_with(store):
            return self._spelled(piece, names)
        if store is self and tuple(names) == self.columns:
            places = {self.table.place(name): name for name in piece.replaced if name in names}
            replaced = {place: self._values(piece.replaced[name]) for place, name in places.items()}
            return rows_of(self.table, piece.rows, replaced)
        columns = [self._column(piece, store, name) for name in names]
        endings = [self.table.newline] * len(piece.rows)
        return selected(store.table, piece.rows, columns, endings)

    def _column(self, piece: Piece, store: DelimitedRows, name: str) -> Column:
        if name in piece.replaced:
            values = self._values(piece.replaced[name])
            if store is not self and name not in store.columns:
                return values
            return _quoted_alike(store, piece.rows, name, values)
        if name in store.columns:
            return store.table.place(name)
        return [b""] * len(piece.rows)

    def _shares_bytes_with(self, store: DelimitedRows) -> bool:
        same = self.table.separator == store.table.separator
        return same and self._plain_codec() == store._plain_codec()

    def _values(self, texts: Sequence[str]) -> list[bytes]:
        """Cells as they stand in this table; plain ones are encoded all at once."""
        words = [str(text) for text in texts]
        joined = GAP.join(words)
        marked = any(mark in joined for mark in (self.form.separator, '"', "\n", "\r"))
        if not words or marked or joined.count(GAP) != len(words) - 1:
            return [self._field(word) for word in words]
        return joined.encode(self._plain_codec(), "replace").split(GAP.encode())

    def _field(self, text: str) -> bytes:
        """One cell as it stands in this table, quoted where it must be."""
        if any(mark in text for mark in (self.form.separator, '"', "\n", "\r")):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode(self._plain_codec(), "replace")

    def _spelled(self, piece: Piece, names: Sequence[str]) -> list[bytes]:
        """Rows of a store of another form, cell by cell."""
        cells = [self._values(piece.texts(name)) for name in names]
        if len(cells) == 1:
            cells = [[field or b'""' for field in cells[0]]]
        join, end = self.table.separator.join, self.table.newline
        return [join(row) + end for row in zip(*cells, strict=True)]


def in_parts(piece: Piece, rows: int) -> Iterator[Piece]:
    """A piece as pieces of at most so many rows, so that few lines are in memory at a time."""
    for start in range(0, len(piece.rows), rows):
        part = slice(start, start + rows)
        replaced = {name: values[part] for name, values in piece.replaced.items()}
        yield Piece(piece.store, piece.rows[part], replaced)


def pandas_names(header: str, separator: str) -> tuple[str, ...]:
    """The column names that pandas gives for a header: blank and repeated ones are renamed."""
    import pandas as pd

    fields = next(csv.reader(io.StringIO(header.lstrip("\ufeff"), newline=""), delimiter=separator))
    if all(fields) and len(set(fields)) == len(fields):
        return tuple(fields)
    line = io.StringIO(header.lstrip("\ufeff"))
    return tuple(map(str, pd.read_csv(line, sep=separator, nrows=0, index_col=False).columns))


def _named(path: Path, table: RawTable) -> RawTable:
    """The table with its columns named as pandas names them."""
    separator = table.separator.decode("ascii")
    header = io.StringIO(newline="")
    csv.writer(header, delimiter=separator, lineterminator="\n").writerow(table.columns)
    return replace(table, columns=pandas_names(header.getvalue(), separator))


def _parsed(name: str, data: bytes, separator: str, codec: str) -> RawTable:
    """Borders of the bytes; raises DataError that names the file."""
    try:
        return parse(data, separator, codec)
    except DataError as error:
        raise DataError(f"{name}: {error.message}", hint=error.hint, code=error.code) from error


def _quoted_alike(
    store: DelimitedRows, rows: Positions, name: str, values: list[bytes]
) -> list[bytes]:
    """New values in quotes where all old ones are: quotes around some tell what these were."""
    if name not in store.columns:
        return values
    place = store.table.place(name)
    if not all(was[:1] == b'"' for was in slices(store.table, np.asarray(rows), place, place)):
        return values
    return [value if value[:1] == b'"' else b'"' + value + b'"' for value in values]
