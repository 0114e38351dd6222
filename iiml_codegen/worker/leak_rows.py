"""Verb `compare_rows`: whether raw predictions of the same rows stay, whatever stands beside them.

Predictions are `.npy` files without pickles, so no guard is needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DataError
from .texts import unpacked

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NOISE = 1e-6
"""Relative to the value, or to the spread of all of them: what the order of sums may change."""


def compare_rows(params: dict[str, Any]) -> dict[str, Any]:
    """Share of the rows whose prediction changed, and the largest change.

    `base` and `other` name `raw` predictions and the `rows` that they are for.
    """
    base, other = predictions(params["base"]), predictions(params["other"])
    if base[0].dtype == object and other[0].dtype == object:
        codes = np.unique(np.concatenate([base[0], other[0]]), return_inverse=True)[1]
        codes = codes.reshape(-1, 1).astype(np.float64)
        base, other = (codes[: len(base[0])], base[1]), (codes[len(base[0]) :], other[1])
    first = dict(zip(base[1].tolist(), range(len(base[1])), strict=True))
    places = np.array([first[row] for row in other[1].tolist()], np.int64)
    before, after = base[0][places], other[0]
    if before.shape != after.shape:
        raise DataError(f"predictions have the shapes {before.shape} and {after.shape}")
    changed = np.asarray(beyond_noise(before, after).any(axis=1), np.bool_)
    return {
        "rows": len(changed),
        "changed": int(changed.sum()),
        "largest": float(np.abs(before - after).max(initial=0.0)),
        "spread": float(before.std()),
    }


def predictions(place: dict[str, str]) -> tuple[npt.NDArray[Any], Ints]:
    """Raw predictions, one row each, and the rows that they are for; raises DataError.

    Bytes are texts.
    """
    raw = np.load(Path(place["raw"]), allow_pickle=False)
    raw = unpacked(raw) if raw.dtype == np.uint8 else raw.astype(np.float64)
    rows = np.load(Path(place["rows"]), allow_pickle=False)
    if len(raw) != len(rows):
        raise DataError(f"{len(raw)} predictions were made for {len(rows)} rows")
    return raw if raw.dtype == object else raw.reshape(len(raw), -1), rows


def beyond_noise(before: Floats, after: Floats) -> npt.NDArray[np.bool_]:
    """Where two tables of numbers differ by more than the order of sums can do; gaps are equal."""
    gone = np.isnan(before) & np.isnan(after)
    finite = np.where(np.isfinite(before), before, 0.0)
    with np.errstate(invalid="ignore"):
        allowed = NOISE * np.maximum(np.abs(before), finite.std(axis=0) if before.size else 0.0)
        far: npt.NDArray[np.bool_] = (
            ~(np.abs(before - after) <= allowed) & ~gone & (before != after)
        )
    return far
