"""Big text tables, read some rows at a time: what is in memory is the table and little more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

CELLS_AT_ONCE = 1_000_000
FEWEST_ROWS = 500
BLOCK = 1 << 24
Kind = Literal["gap", "int", "float", "truth", "text", "other"]
NUMBERS = {"gap", "int", "float"}


def rows_at_once(columns: int) -> int:
    """How many rows make up a chunk."""
    return max(FEWEST_ROWS, CELLS_AT_ONCE // max(1, columns))


def most_rows(path: Path) -> int:
    """No table in this file has more rows: its line ends of either kind, and one more."""
    found = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found += max(block.count(b"\n"), block.count(b"\r"))
    return found


class Growing:
    """A column that grows chunk by chunk: numbers in one array, anything else in parts."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kinds: set[Kind] = set()
        self.rows = 0
        self.numbers: npt.NDArray[Any] | None = None
        self.parts: list[Any] = []

    @property
    def is_mixed(self) -> bool:
        """True if chunks alone do not tell what the whole column holds."""
        present = self.kinds - {"gap"}
        return len(present) > 1 and present != {"int", "float"}

    def add(self, part: Any) -> None:
        """The values of one more chunk, as pandas read them."""
        if not len(part):
            return
        self.kinds.add(kind_of(part))
        if self.is_mixed:
            self.numbers, self.parts = None, []
        elif self.kinds <= NUMBERS and self.kinds != {"gap"}:
            self._add_numbers(part)
        else:
            self.parts.append(part.copy())
        self.rows += len(part)

    def _add_numbers(self, part: Any) -> None:
        whole = self.kinds == {"int"}
        if self.numbers is None:
            self.numbers = np.empty(self.most, np.int64 if whole else np.float64)
            self.numbers[: self.rows] = 0 if whole else np.nan
            self.parts = []
        elif not whole and self.numbers.dtype.kind == "i":
            self.numbers = self.numbers.astype(np.float64)
        self.numbers[self.rows : self.rows + len(part)] = part

    def values(self) -> Any:
        """The whole column; only gaps if it is mixed."""
        import pandas as pd

        if self.numbers is not None:
            return self.numbers[: self.rows]
        if self.is_mixed or not self.parts:
            return np.full(self.rows, np.nan)
        if "text" in self.kinds:
            text = next(part.dtype for part in self.parts if kind_of(part) == "text")
            self.parts = [part if part.dtype == text else gaps(part, text) for part in self.parts]
        return pd.concat([pd.Series(part) for part in self.parts], ignore_index=True).array


def gaps(part: Any, kind: Any) -> Any:
    """As many missing values of another type."""
    import pandas as pd

    return pd.Series(np.nan, index=range(len(part)), dtype=kind).array


def in_one(chunks: Iterable[pd.DataFrame], most: int) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Chunks as one table of at most so many rows; then columns to be read again.

    Those of the first list are text, each value as it is written, as a column that is text anywhere
    is text everywhere; those of the second have to be read all at once.
    """
    import pandas as pd

    growing: dict[str, Growing] = {}
    for chunk in chunks:
        for name in chunk.columns:
            growing.setdefault(name, Growing(most)).add(chunk[name].array)
    mixed = [name for name, column in growing.items() if column.is_mixed]
    others = [name for name in mixed if "other" in growing[name].kinds]
    columns = {name: growing.pop(name).values() for name in list(growing)}
    return pd.DataFrame(columns, copy=False), [n for n in mixed if n not in others], others


def categories(chunks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Chunks of texts as one table of categories."""
    import pandas as pd

    parts: dict[str, list[Any]] = {}
    for chunk in chunks:
        for name in chunk.columns:
            parts.setdefault(name, []).append(pd.Categorical(chunk[name]))
    joined = {name: pd.api.types.union_categoricals(some) for name, some in parts.items()}
    return pd.DataFrame(joined, copy=False)


def kind_of(part: Any) -> Kind:
    """What a part of a column holds, missing values aside."""
    kind = part.dtype.kind
    if kind == "f":
        return "gap" if bool(np.isnan(part[-1]) and part.isna().all()) else "float"
    if kind in "ib":
        return "int" if kind == "i" else "truth"
    if kind == "u":
        return "other"
    known = part[~part.isna()]
    if not len(known):
        return "gap"
    return "truth" if isinstance(known[0], bool) else "text"
