"""Files that belong to rows: how many, how large, which rows have none and which a broken one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .broken_files import is_broken
from .layouts.files_by_id import files_of, patterns_of
from .layouts.parts import Rows
from .layouts.split import Side
from .plan import MediaFiles

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 2_000
"""Rows of each side whose files are looked at; more would take long on a network drive."""


def media_profiles(
    folder: Path, media: tuple[MediaFiles, ...], rows: Rows, frames: dict[Side, pd.DataFrame]
) -> list[dict[str, Any]]:
    """Plain `MediaProfile`s; shares are of the rows that were looked at.

    `frames` have columns that `rows` does not know, as they were looked up for the rows.
    """
    return [_media_profile(folder, one, rows, frames) for one in media]


def _media_profile(
    folder: Path, media: MediaFiles, rows: Rows, frames: dict[Side, pd.DataFrame]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": media.kind,
        "column": media.column,
        "train": media.train,
        "test": media.test,
    }
    sizes, broken = [], []
    sides: tuple[Side, ...] = ("train", "test")
    for side in sides:
        values = rows.texts(side, media.column)
        known = frames[side][media.column].astype(str).tolist() if values is None else values
        looked = slice(None, None, max(1, len(known) // LOOKED_AT))
        patterns = patterns_of(media, side, rows, len(known))
        files = files_of(folder, known[looked], patterns[looked])
        there = [paths for paths in files if paths]
        bad = [next(filter(is_broken, paths), None) for paths in there]
        broken += [path.relative_to(folder).as_posix() for path in bad if path is not None]
        sizes += [sum(path.stat().st_size for path in paths) for paths in there]
        count = max(1, len(files))
        found[f"missing_{side}"] = (len(files) - len(there)) / count
        found[f"broken_{side}"] = sum(path is not None for path in bad) / count
    median = float(np.median(sizes)) if sizes else 0.0
    return {**found, "broken_example": next(iter(broken), ""), "median_bytes": median}
