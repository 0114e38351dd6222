"""Decide between two labels: yes from a threshold on, which is fitted on out-of-fold rows."""

import numpy as np


def decide(raw: np.ndarray, *, threshold: float = 0.5) -> np.ndarray:
    """Answer with label code 1 where P(positive) reaches the threshold, else 0."""
    return (raw >= threshold).astype("int64")
