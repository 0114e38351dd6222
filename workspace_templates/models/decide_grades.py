"""Decide on a grade: cut the expected grade at thresholds that out-of-fold rows liked best."""

from collections.abc import Sequence

import numpy as np


def decide(raw: np.ndarray, *, thresholds: Sequence[float]) -> np.ndarray:
    """Answer with the number of thresholds passed: K - 1 ascending cuts make K grades."""
    return np.searchsorted(np.sort(np.asarray(thresholds)), raw, side="right")
