"""Text tables whose last name stands for all that follows in a line: `rec_id,[labels]`.

Where all lines are as long, what follows are numbered columns; else it is one cell, its parts
joined by `JOINT`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .rows import Piece
from .sources import WIDE_BOMS, text_bytes

if TYPE_CHECKING:
    import pandas as pd

JOINT = ";"
BRACKETS = "[]"


def stands_for_several(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the last name of a header stands in brackets, and lines are longer or shorter."""
    header, *lines = rows or [[]]
    last = header[-1].strip() if len(header) > 1 else ""
    if not (last.startswith(BRACKETS[0]) and last.endswith(BRACKETS[1]) and last.strip("[] ")):
        return False
    short = any(len(line) < len(header) - 1 for line in lines)
    return not short and any(len(line) != len(header) for line in lines)


def form_of(path: Path, form: TableForm) -> TableForm:
    """The form of such a table, which reads as `form` if its lines were alike."""
    found = TableForm(format="ragged", separator=form.separator, encoding=form.encoding)
    header, lines = lines_of(path, found)
    first = len(header.split(form.separator)) - 1
    lengths = {line.count(form.separator) - first for line in lines}
    width = lengths.pop() + 1 if len(lengths) == 1 else 0
    return TableForm("ragged", form.separator, form.encoding, width=width)


def lines_of(path: Path, form: TableForm) -> tuple[str, list[str]]:
    """Header and lines that hold something; raises DataError for a file that is no text."""
    data, _ = text_bytes(path)
    if data[:2] in WIDE_BOMS:
        raise DataError(f"{path.name}: lines of several lengths in UTF-16 are not read")
    text = data.decode(form.encoding, "replace").lstrip("\ufeff")
    header, *lines = [line for line in text.splitlines() if line.strip()] or [""]
    return header, lines


def names_of(header: str, form: TableForm) -> tuple[str, ...]:
    """The column names; those of what follows are numbered from 1."""
    *first, last = header.split(form.separator)
    several = last.strip(f"{BRACKETS} ")
    if not form.width:
        return (*first, several)
    return (*first, *(f"{several} {place}" for place in range(1, form.width + 1)))


def cells_of(line: str, form: TableForm, width: int) -> list[str]:
    """The cells of one line as wide as the table, "" for what is not there."""
    if form.width:
        return line.split(form.separator)
    *first, rest = [*line.split(form.separator, width - 1), ""][:width]
    return [*first, *[""] * (width - 1 - len(first)), rest.replace(form.separator, JOINT)]


def read(path: Path, form: TableForm, *, text: bool) -> pd.DataFrame:
    """The table with the types that pandas finds, or with every cell as it is written."""
    import pandas as pd

    header, lines = lines_of(path, form)
    names = names_of(header, form)
    rows = [cells_of(line, form, len(names)) for line in lines]
    frame = pd.DataFrame(rows, columns=list(names), dtype=object)
    frame = frame.where(frame != "")
    if text:
        return frame
    written = io.StringIO(frame.to_csv(index=False, sep="\t"))
    return pd.read_csv(written, sep="\t", low_memory=False)


class RaggedRows:
    """The row store of such a table; rows as they are keep their lines."""

    def __init__(self, path: Path, form: TableForm) -> None:
        self.form = form
        self.header, self.lines = lines_of(path, form)
        self.names = names_of(self.header, form)
        self.rows = [cells_of(line, form, len(self.names)) for line in self.lines]
        self.newline = "\r\n" if b"\r\n" in path.read_bytes()[:1000] else "\n"

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names."""
        return self.names

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, column: str) -> list[str]:
        """Every cell of a column, "" where it is missing; raises DataError."""
        if column not in self.names:
            raise DataError(f"the table has no column {column!r}")
        place = self.names.index(column)
        return [row[place] for row in self.rows]

    def write(
        self, out: Path, pieces: Sequence[Piece], columns: Sequence[str] | None = None
    ) -> None:
        """Write rows in this form; of what the last name stands for, all columns or none."""
        names = self.names if columns is None else tuple(columns)
        first = self.header.split(self.form.separator)
        shown = [name for name in first[:-1] if name in names]
        several = [name for name in names if name not in first]
        header = self.form.separator.join([*shown, *first[-1:]] if several else shown)
        lines = [line for piece in pieces for line in self._lines(piece, [*shown, *several])]
        out.parent.mkdir(parents=True, exist_ok=True)
        text = self.newline.join([header, *lines, ""])
        out.write_bytes(text.encode(self.form.encoding, "replace"))

    def _lines(self, piece: Piece, names: list[str]) -> Iterator[str]:
        if piece.store is self and not piece.replaced and tuple(names) == self.names:
            yield from (self.lines[row] for row in piece.rows.tolist())
            return
        separator, last = self.form.separator, self.names[-1]
        for row in zip(*(piece.texts(name) for name in names), strict=True):
            cells = list(row)
            if not self.form.width and names[-1] == last:
                cells[-1:] = [cells[-1].replace(JOINT, separator)] if cells[-1] else []
            yield separator.join(cells)
