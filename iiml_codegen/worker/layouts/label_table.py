"""Labels in a table of their own: one row per training row, found by keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..plan import RelatedTable
from ..tables import Piece
from .parts import Rows, keys_of
from .split import Positions, Split, picked
from .tables import Table, looked_up, places_of, texts_of, with_moved_cells

if TYPE_CHECKING:
    import pandas as pd


class LabelTable:
    """The part that holds the targets; see `parts.Part`."""

    def __init__(self, folder: Path, related: RelatedTable, targets: tuple[str, ...]) -> None:
        self.related = related
        self.table = Table(folder, related.file, related.form)
        missing = [name for name in targets if name not in self.table.store.columns]
        if missing:
            raise DataError(f"{related.file} has no column {missing[0]!r}", code="IIML902")
        self.targets = list(targets)

    def handled(self, rows: Rows) -> tuple[str, ...]:
        """The table itself."""
        return (self.related.file,)

    def joined(
        self, train: pd.DataFrame, test: pd.DataFrame, rows: Rows
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The training rows with their targets."""
        import pandas as pd

        found = looked_up(self.table.frame()[self.targets], self._places(rows))
        rest = train.drop(columns=[name for name in self.targets if name in train])
        return pd.concat([rest, found], axis=1), test

    def labels(self, rows: Rows) -> pd.DataFrame:
        """Targets of the training rows as texts."""
        return looked_up(self.table.texts(self.targets), self._places(rows))

    def write_view(self, out: Path, rows: Rows, split: Split) -> None:
        """Only the keys."""
        places = self._places(rows)
        piece = self._piece(rows, split, places[places >= 0])
        self.table.store.write(out / self.related.file, [piece], list(self.related.keys))

    def write_shadow(self, out: Path, rows: Rows, split: Split) -> None:
        """The rows of kept training rows, in the order of the file."""
        places = self._places(rows)[split.kept]
        piece = self._piece(rows, split, np.unique(places[places >= 0]))
        self.table.store.write(out / self.related.file, [piece])

    def permute_labels(self, copy: Path, rows: Rows, given: dict[int, int]) -> None:
        """Targets, and whatever else stands beside them, change places."""
        places = self._places(rows)
        moved = {int(places[a]): int(places[b]) for a, b in given.items()}
        store = self.table.store
        told = [name for name in store.columns if name not in self.related.keys]
        store.write(copy / self.related.file, with_moved_cells(store, moved, texts_of(store, told)))

    def _places(self, rows: Rows) -> Positions:
        """Where the labels of each training row stand; -1 where they do not."""
        keys = keys_of(rows, "train", self.related.keys)
        if keys is None:
            raise DataError(
                f"the training rows lack {self.related.keys[0]!r}, by which"
                f" {self.related.file} names them",
                code="IIML902",
            )
        return places_of(keys, self.table.keys(self.related.keys))

    def _piece(self, rows: Rows, split: Split, places: Positions) -> Piece:
        """Rows of the table with the new names of training rows."""
        replaced = {}
        for name in self.related.keys:
            if split.names.renews(name):
                old = picked(self.table.values(name), places)
                replaced[name] = [split.names.of(name, "train", value) for value in old]
        return Piece(self.table.store, places, replaced)
