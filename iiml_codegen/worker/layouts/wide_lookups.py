"""Lookups of many rows: what tables say of steps and series, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from .related_tables import KeyedTable
from .split import Positions
from .tables import looked_up

if TYPE_CHECKING:
    import pandas as pd

Texts = npt.NDArray[np.object_]
Column = Callable[[str], "Texts | None"]
"""Gives a column of the rows as texts, "" for gaps; None where there is none."""


class Lookups:
    """What lookup tables add to the rows of one side; a table's keys may come from an earlier one.

    Rows are joined by pandas, as there may be millions.
    """

    def __init__(self, tables: list[KeyedTable], own: Column) -> None:
        self.tables = [table for table in tables if table.related.role == "lookup"]
        self.own = own
        self.found: dict[int, Positions] = {}

    def column(self, name: str) -> Texts | None:
        """A column of the rows, or of a table that is looked up."""
        mine = self.own(name)
        if mine is not None:
            return mine
        for number, table in enumerate(self.tables):
            told = {self._called(table, one): one for one in table.table.columns}
            if name in told and told[name] not in (*table.table_keys, *table.hidden):
                values = np.array([*table.table.values(told[name]), ""], object)
                return values[self._places(number)]
        return None

    def joined(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with what each table adds."""
        import pandas as pd

        for number, table in enumerate(self.tables):
            frame = table.table.frame()
            frame = frame.drop(columns=[*table.table_keys, *table.hidden])
            frame = frame.rename(columns={name: self._called(table, str(name)) for name in frame})
            frame = frame.drop(columns=[name for name in frame if name in rows])
            found = looked_up(frame, self._places(number))
            rows = pd.concat([rows.reset_index(drop=True), found], axis=1)
        return rows

    def _called(self, table: KeyedTable, name: str) -> str:
        return table.related.named.replace("{}", name)

    def _places(self, number: int) -> Positions:
        """Where each row stands first in a table; -1 where it does not."""
        if number not in self.found:
            self.found[number] = self._looked_up(self.tables[number])
        return self.found[number]

    def _looked_up(self, table: KeyedTable) -> Positions:
        import pandas as pd

        names = [str(place) for place in range(len(table.related.keys))]
        texts = [self.column(name) for name in table.related.keys]
        if any(one is None for one in texts):
            keys = ", ".join(table.related.keys)
            raise DataError(f"rows lack {keys}, by which {table.related.file} is looked up")
        ours = pd.DataFrame(dict(zip(names, texts, strict=True)))
        theirs = pd.DataFrame(
            dict(zip(names, map(table.table.values, table.table_keys), strict=True))
        )
        theirs = theirs.assign(place=np.arange(len(theirs))).drop_duplicates(names)
        places = ours.merge(theirs, how="left", on=names)["place"]
        return places.fillna(-1).to_numpy(np.int64)
