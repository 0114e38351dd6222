"""Several training tables of the same columns, read as one and written as many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..plan import TABLE_COLUMN
from ..tables import Piece
from ..task import Task
from .split import Positions
from .tables import Table, with_moved_cells

if TYPE_CHECKING:
    import pandas as pd


class StackedTables:
    """As `Table`, of tables one below the other; `TABLE_COLUMN` has what each row's is called."""

    told = (TABLE_COLUMN,)

    def __init__(self, folder: Path, task: Task) -> None:
        layout = task.layout
        self.parts = {
            name: Table(folder, file, layout.train_form)
            for name, file in layout.train_parts.items()
        }
        self.ends = np.cumsum([len(table) for table in self.files()])

    def __len__(self) -> int:
        return int(self.ends[-1])

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, which are those of the first table."""
        return self.files()[0].columns

    def files(self) -> list[Table]:
        """The tables in their order."""
        return list(self.parts.values())

    def refuse_missing(self, columns: Sequence[str]) -> None:
        """Raise DataError if a table lacks one of these columns."""
        for table in self.files():
            table.refuse_missing(columns)

    def frame(self) -> pd.DataFrame:
        """All rows with types."""
        import pandas as pd

        names = list(self.columns)
        return pd.concat([table.frame()[names] for table in self.files()], ignore_index=True)

    def texts(self, columns: Sequence[str]) -> pd.DataFrame:
        """Some columns of all rows as text."""
        import pandas as pd

        return pd.concat([table.texts(columns) for table in self.files()], ignore_index=True)

    def written(self, columns: Sequence[str]) -> pd.DataFrame:
        """As `texts`, but only empty cells are missing: NA is a word."""
        import pandas as pd

        return pd.concat([table.written(columns) for table in self.files()], ignore_index=True)

    def values(self, column: str) -> list[str]:
        """One column as text, "" where a value is missing."""
        if column == TABLE_COLUMN:
            return [name for name, table in self.parts.items() for _ in range(len(table))]
        return [value for table in self.files() for value in table.values(column)]

    def pieces(self, rows: Positions, cells: Mapping[str, Sequence[str]]) -> list[Piece]:
        """Rows in the order given, as many pieces as there are changes of the table."""
        owners = np.searchsorted(self.ends, rows, side="right")
        cuts = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(rows)]
        return [
            self._piece(int(owners[start]), rows, cells, np.arange(start, stop))
            for start, stop in pairwise(cuts)
            if stop > start
        ]

    def write(
        self,
        out: Path,
        rows: Positions,
        cells: Mapping[str, Sequence[str]],
        columns: Sequence[str] | None = None,
    ) -> None:
        """Write each row to its own table."""
        owners = np.searchsorted(self.ends, rows, side="right")
        for owner, table in enumerate(self.files()):
            piece = self._piece(owner, rows, cells, np.flatnonzero(owners == owner))
            table.store.write(out / table.file, [piece], columns)

    def exchange(self, out: Path, moved: Mapping[int, int], columns: Sequence[str]) -> None:
        """Write all rows; those of `moved` have the cells of another row, of any table."""
        texts = {name: self.values(name) for name in columns if name in self.columns}
        start = 0
        for table in self.files():
            own = {row - start: n for row, n in moved.items() if start <= row < start + len(table)}
            table.store.write(out / table.file, with_moved_cells(table.store, own, texts))
            start += len(table)

    def _piece(
        self, owner: int, rows: Positions, cells: Mapping[str, Sequence[str]], chosen: Positions
    ) -> Piece:
        """Those of the rows at `chosen` that are of one table."""
        table = self.files()[owner]
        start = int(self.ends[owner]) - len(table)
        told = {name: [values[place] for place in chosen] for name, values in cells.items()}
        return Piece(table.store, rows[chosen] - start, told)


def training_table(folder: Path, task: Task) -> Table | StackedTables:
    """The table of the training rows, or the tables that make it up."""
    if task.layout.train_parts:
        return StackedTables(folder, task)
    return Table(folder, task.train_file, task.layout.train_form)
