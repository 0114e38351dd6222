"""Files that belong to rows: how many there are, how large, and which rows have none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .layouts.files_by_id import several
from .plan import MediaFiles

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 2_000
"""Files of each side whose sizes are asked for; more would take long on a network drive."""


def media_profiles(
    folder: Path, media: tuple[MediaFiles, ...], train: pd.DataFrame, test: pd.DataFrame
) -> list[dict[str, Any]]:
    """Plain `MediaProfile`s; shares of missing files are of the rows that were looked at."""
    return [_media_profile(folder, one, train, test) for one in media]


def _media_profile(
    folder: Path, media: MediaFiles, train: pd.DataFrame, test: pd.DataFrame
) -> dict[str, Any]:
    first = _sizes(folder, train[media.column], media.train)
    second = _sizes(folder, test[media.column], media.test)
    both = np.array([size for size in (*first, *second) if size is not None], dtype=np.float64)
    return {
        "kind": media.kind,
        "column": media.column,
        "train": media.train,
        "test": media.test,
        "missing_train": _missing(first),
        "missing_test": _missing(second),
        "median_bytes": float(np.median(both)) if len(both) else 0.0,
    }


def _sizes(folder: Path, values: pd.Series, pattern: str) -> list[int | None]:
    """Bytes of the files of each row; None where there are none."""
    step = max(1, len(values) // LOOKED_AT)
    looked = [str(value) for value in values.iloc[::step]]
    if "*" in pattern:
        known = several(folder, pattern)
        return [sum(p.stat().st_size for p in known[v]) if v in known else None for v in looked]
    paths = [folder / pattern.replace("{}", value) for value in looked]
    return [path.stat().st_size if path.is_file() else None for path in paths]


def _missing(sizes: list[int | None]) -> float:
    return sum(size is None for size in sizes) / len(sizes) if sizes else 0.0
