"""Tables whose columns start at the same character in every line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..plan import TableForm
from .cells import named
from .rows import Piece
from .sources import text_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".fwf", ".prn")
FEWEST_LINES = 3


def form_of(path: Path) -> TableForm:
    """Where columns start, by the characters that are blank in every line; raises DataError."""
    data, encoding = text_bytes(path)
    edges = edges_of(lines_of(data, encoding))
    if len(edges) < 2:
        raise DataError(
            f"{path.name} has no columns that start at the same character in every line",
            hint="Save it with separators.",
        )
    return TableForm(format="fixed_width", encoding=encoding, edges=edges)


def lines_of(data: bytes, encoding: str) -> list[str]:
    """Lines that are not blank, without their ends."""
    text = data.decode(encoding, "replace").lstrip("\ufeff")
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def edges_of(lines: Sequence[str]) -> tuple[int, ...]:
    """First characters of columns: each follows a character that every line leaves blank."""
    if len(lines) < FEWEST_LINES or any("\t" in line for line in lines):
        return ()
    width = max(map(len, lines))
    used = np.zeros(width, np.bool_)
    for line in lines:
        letters = np.frombuffer(line.encode("utf-32-le"), np.uint32)
        used[: len(letters)] |= letters != ord(" ")
    starts = np.flatnonzero(used & ~np.concatenate([[False], used[:-1]]))
    edges = (0, *starts[1:].tolist()) if len(starts) else ()
    return edges if all(fields(lines[0], edges)) else ()


def fields(line: str, edges: Sequence[int]) -> list[str]:
    """The stripped fields of a line."""
    ends = [*edges[1:], len(line)]
    return [line[first:last].strip() for first, last in zip(edges, ends, strict=True)]


def read(path: Path, form: TableForm, *, text: bool) -> pd.DataFrame:
    """The table with the types that pandas finds, or every cell as text."""
    import pandas as pd

    first, *others = form.edges
    spans: Any = list(zip([first, *others], [*others, None], strict=True))
    with path.open(encoding=form.encoding, newline=None) as lines:
        return pd.read_fwf(lines, colspecs=spans, dtype=str if text else None)


class FixedWidthRows:
    """The row store of fixed-width tables; a row of its own is its line as it stands."""

    def __init__(self, path: Path, form: TableForm) -> None:
        import pandas as pd

        self.form = form
        data, _ = text_bytes(path)
        self.newline = "\r\n" if "\r\n" in data.decode(form.encoding, "replace") else "\n"
        self.head, *self.lines = lines_of(data, form.encoding)
        names = pd.DataFrame(columns=fields(self.head, form.edges))
        self.columns: tuple[str, ...] = tuple(map(str, named(names).columns))

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, column: str) -> list[str]:
        """Every cell of a column, stripped."""
        if column not in self.columns:
            raise DataError(f"the table has no column {column!r}")
        place = self.columns.index(column)
        first, last = (*self.form.edges, None)[place : place + 2]
        return [line[first:last].strip() for line in self.lines]

    def write(
        self, out: Path, pieces: Sequence[Piece], columns: Sequence[str] | None = None
    ) -> None:
        """Write rows at this table's places; columns left out leave their place out, too."""
        names = self.columns if columns is None else tuple(columns)
        head = (
            self.head
            if names == self.columns
            else self._line({name: name for name in names}, names)
        )
        lines = [head, *(line for piece in pieces for line in self._lines(piece, names))]
        out.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(line + self.newline for line in lines)
        out.write_bytes(text.encode(self.form.encoding, "replace"))

    def _lines(self, piece: Piece, names: Sequence[str]) -> list[str]:
        if piece.store is self and not piece.replaced and tuple(names) == self.columns:
            return [self.lines[row] for row in piece.rows.tolist()]
        found = [piece.texts(name) for name in names]
        rows = zip(*found, strict=True)
        return [self._line(dict(zip(names, row, strict=True)), names) for row in rows]

    def _line(self, row: dict[str, str], names: Sequence[str]) -> str:
        """One row with its cells at their places; raises DataError for a cell too wide."""
        line = ""
        for place, name in enumerate(self.columns):
            line = line.ljust(self.form.edges[place])
            if name in names:
                line += row[name]
            last = (*self.form.edges, None)[place + 1]
            if last is not None and len(line) >= last:
                raise DataError(
                    f"{row[name]!r} does not fit into column {name!r}, {last} characters in",
                    hint="Train and test have different widths: save them with separators.",
                    code="IIML902",
                )
        return line.rstrip() or line
