"""Which rows a shadow holds, and what they are called in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import DataError

Positions = npt.NDArray[np.int64]
Side = Literal["train", "test"]


@dataclass(frozen=True)
class Names:
    """New values of columns that name rows or files.

    `new` maps (side, old value) to the new one, for each column that is renewed; `side` is where a
    row really stands. `moved` is the folder in which a column's test values lie, for columns that
    hold paths: there the values of withheld rows go.
    """

    new: Mapping[str, Mapping[tuple[Side, str], str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)

    def renews(self, column: str) -> bool:
        """True if values of the column change at all."""
        return column in self.new or column in self.moved

    def of(self, column: str, side: Side, value: str, *, withheld: bool = False) -> str:
        """What a value of a column is called; its old self if it is not renewed."""
        called = self.new.get(column, {}).get((side, value), value)
        if withheld and column in self.moved:
            return str(PurePosixPath(self.moved[column]) / PurePosixPath(called).name)
        return called

    def places(self, column: str, value: str) -> list[tuple[Side, str]]:
        """Each side that has rows with this value, with the new value there."""
        known = self.new.get(column, {})
        sides: tuple[Side, ...] = ("train", "test")
        return [(side, known[side, value]) for side in sides if (side, value) in known]


@dataclass(frozen=True)
class Split:
    """The rows of a shadow by their positions: training rows kept and withheld, and test rows."""

    kept: Positions
    withheld: Positions
    test: Positions
    names: Names = field(default_factory=Names)

    def parts(self) -> tuple[tuple[Side, Positions, bool], ...]:
        """Kept, withheld and test rows, each with its real side and whether it is withheld."""
        return (
            ("train", self.kept, False),
            ("train", self.withheld, True),
            ("test", self.test, False),
        )


def rotated(rows: Positions, seed: int) -> dict[int, int]:
    """For each row another one whose label it gets, in a seeded order; one row alone stays."""
    drawn = np.random.default_rng(seed).permutation(rows)
    return dict(zip(drawn.tolist(), np.roll(drawn, 1).tolist(), strict=True))


def picked(values: Sequence[str], rows: Positions) -> list[str]:
    """Values of some rows."""
    return [values[row] for row in rows.tolist()]


def inside(folder: str, path: str) -> str:
    """A path of the competition below `folder`; raises DataError where a name leads out of it."""
    parts = PurePosixPath(path).parts
    if ".." in parts or PurePosixPath(path).is_absolute():
        raise DataError(f"{path} leads out of {folder or 'the competition'}", code="IIML901")
    return str(PurePosixPath(folder) / path) if folder else path
