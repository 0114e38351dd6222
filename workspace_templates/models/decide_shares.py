"""Decide where each class counts the same, however many rows it has."""

from collections.abc import Sequence

import numpy as np


def decide(raw: np.ndarray, *, shares: Sequence[float]) -> np.ndarray:
    """Divide by the classes' shares of the training rows, and make rows add up to 1 again.

    For two classes both `raw` and the answers are P(second).
    """
    chances = np.column_stack([1.0 - raw, raw]) if raw.ndim == 1 else raw
    even = np.clip(chances, 1e-15, 1.0) / np.asarray(shares)
    even = even / even.sum(axis=1, keepdims=True)
    return np.asarray(even[:, 1] if raw.ndim == 1 else even)
