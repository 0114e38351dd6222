"""Decide on masks: a pixel is in one from a threshold on, fitted on out-of-fold pictures."""

import numpy as np


def decide(raw: np.ndarray, *, threshold: float = 0.5) -> np.ndarray:
    """Answer 1 for pixels whose probability reaches the threshold, else 0."""
    return (raw >= threshold).astype("int8")
