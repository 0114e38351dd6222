"""The shares of the classes, and probabilities without them: for metrics that weigh classes alike.

P(class | row) divided by P(class) goes as P(row | class), which knows nothing of how many rows a
class has (Saerens et al. 2002). Labels that are likeliest then make the best balanced accuracy.
"""

from __future__ import annotations

import numpy as np

from .metrics_labels import Floats

SMALLEST = 1e-15
"""Probabilities are kept this far from 0; the template `decide_shares.py` says the same."""

BALANCED = frozenset({"balanced_log_loss"})
"""Metrics on probabilities that weigh classes alike."""
EVEN = frozenset({"balanced_accuracy"})
"""Metrics on labels that do."""


def class_shares(y: Floats, classes: int) -> list[float]:
    """The share of each class in `y`; one that is not there counts as a single row."""
    counts = np.bincount(y.astype(np.int64), minlength=classes).clip(1)
    return [float(share) for share in counts / counts.sum()]


def without_shares(raw: Floats, shares: Floats) -> Floats:
    """Probabilities divided by the shares of their classes, in the form of `raw`."""
    chances = np.column_stack([1.0 - raw, raw]) if raw.ndim == 1 else raw
    even = np.clip(chances, SMALLEST, 1.0) / shares
    even = even / even.sum(axis=1, keepdims=True)
    return np.asarray(even[:, 1] if raw.ndim == 1 else even)


def even_chances(raw: Floats, y: Floats, classes: int) -> Floats:
    """Probabilities divided by the shares that the classes have in `y`."""
    return without_shares(raw, np.asarray(class_shares(y, classes)))
