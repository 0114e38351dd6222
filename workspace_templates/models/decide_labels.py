"""Decide on several labels at once: each has a threshold of its own."""

from collections.abc import Sequence

import numpy as np


def decide(raw: np.ndarray, *, thresholds: Sequence[float]) -> np.ndarray:
    """Answer 1 in each column whose probability reaches that column's threshold, else 0."""
    return (raw >= np.asarray(thresholds)).astype("int64")
