"""Rows of tables that hold typed values: taken as they are, written again by their format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .cells import column_texts, like
from .rows import Piece

if TYPE_CHECKING:
    import pandas as pd

Writer = Callable[["pd.DataFrame", Path, TableForm], None]


class FrameRows:
    """The row store of every format that is read as a whole; `write_frame` is its format's."""

    def __init__(self, frame: pd.DataFrame, form: TableForm, write_frame: Writer) -> None:
        self.frame = frame
        self.form = form
        self.write_frame = write_frame
        self._texts: dict[str, list[str]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names."""
        return tuple(map(str, self.frame.columns))

    def __len__(self) -> int:
        return len(self.frame)

    def texts(self, column: str) -> list[str]:
        """Every cell of a column as text; raises DataError for a column that is not there."""
        if column not in self.frame:
            raise DataError(f"the table has no column {column!r}")
        if column not in self._texts:
            self._texts[column] = column_texts(self.frame[column]).fillna("").tolist()
        return self._texts[column]

    def write(
        self, out: Path, pieces: Sequence[Piece], columns: Sequence[str] | None = None
    ) -> None:
        """Write rows of stores with this table's types; rows of its own kind are taken as such."""
        import pandas as pd

        names = self.columns if columns is None else tuple(columns)
        parts = {name: [self._values(piece, name) for piece in pieces] for name in names}
        made = {name: self._joined(found, name) for name, found in parts.items()}
        out.parent.mkdir(parents=True, exist_ok=True)
        self.write_frame(pd.DataFrame(made, columns=list(names)), out, self.form)

    def _values(self, piece: Piece, name: str) -> pd.Series:
        example = self.frame[name]
        store = piece.store
        if isinstance(store, FrameRows) and name in store.frame and name not in piece.replaced:
            values = store.frame[name]
            if values.dtype == example.dtype:
                return values.iloc[piece.rows].reset_index(drop=True)
        return like(piece.texts(name), example)

    def _joined(self, parts: Sequence[pd.Series], name: str) -> pd.Series:
        """Pieces of a column below each other, in its own type where that can hold them."""
        import pandas as pd

        example = self.frame[name]
        filled = [part for part in parts if len(part)]
        if not filled:
            return example.iloc[:0]
        if all(part.dtype == example.dtype for part in filled):
            return pd.concat(filled, ignore_index=True)
        together = pd.concat([part.astype(object) for part in filled], ignore_index=True)
        try:
            return together.astype(example.dtype)
        except (TypeError, ValueError):
            return together
