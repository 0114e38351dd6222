"""Small competitions for tests: seeded, written to a folder, with their hidden answers.

`write_competition(folder, kind, rows, seed)` writes description, tables and sample submission and
returns the answers and the task as a reader of the folder should understand it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .drafts import Competition, Draft, write
from .layouts import LAYOUTS, write_layout
from .tables import binary, multiclass, multilabel, ordinal, regression, series
from .texts import authors, insults

__all__ = ["KINDS", "LAYOUTS", "Competition", "write_competition", "write_layout"]

KINDS: dict[str, Callable[[int, int], Draft]] = {
    "binary": binary,
    "multiclass": multiclass,
    "multilabel": multilabel,
    "ordinal": ordinal,
    "regression": regression,
    "series": series,
    "text": authors,
    "insults": insults,
}


def write_competition(folder: Path, kind: str, rows: int = 600, seed: int = 0) -> Competition:
    """Write a competition of `kind` with `rows` training rows and a quarter as many test rows."""
    return write(folder, KINDS[kind](rows + rows // 4, seed), rows)
