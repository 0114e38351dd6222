"""Decide on numbers: keep them where answers can lie, and whole where answers are whole."""

import numpy as np


def decide(
    raw: np.ndarray, *, low: float = -np.inf, high: float = np.inf, whole: bool = False
) -> np.ndarray:
    """Clip to [low, high]; round to whole numbers if the target has only those."""
    clipped = np.clip(raw, low, high)
    return np.asarray(np.rint(clipped) if whole else clipped)
