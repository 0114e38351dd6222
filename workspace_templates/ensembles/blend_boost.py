"""Boost members: a sum that grew stage by stage on their out-of-fold predictions.

Each stage added a part of the step that took most off the loss, along one member (forward
stagewise additive modelling; Friedman, Greedy function approximation, 2001). A member's weight
is the sum of its steps.
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def added_up(
    scores: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """The weighted sum of members' scores on top of an intercept per column."""
    total = sum(weight * x for weight, x in zip(weights, scores, strict=True))
    return np.asarray(np.reshape(intercepts, scores[0].shape[1:]) + total)


def combine_by_coefficients(
    predictions: Sequence[np.ndarray],
    *,
    coefficients: Sequence[float],
    intercepts: Sequence[float],
) -> np.ndarray:
    """Class probabilities (n, K) from summed log-probabilities; one coefficient per member."""
    logs = [np.log(np.clip(p, SMALLEST, 1.0)) for p in predictions]
    scores = added_up(logs, coefficients, intercepts)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def combine_by_slopes(
    predictions: Sequence[np.ndarray], *, slopes: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Probabilities of yes, (n,) or (n, T), from summed log-odds; one slope per member."""
    clipped = [np.clip(p, SMALLEST, 1.0 - SMALLEST) for p in predictions]
    odds = [np.log(p / (1.0 - p)) for p in clipped]
    return np.asarray(1.0 / (1.0 + np.exp(-added_up(odds, slopes, intercepts))))


def combine_by_weights(
    predictions: Sequence[np.ndarray], *, weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Numbers, (n,) or (n, T); one weight per member."""
    return added_up(predictions, weights, intercepts)


def combine_by_exponents(
    predictions: Sequence[np.ndarray], *, exponents: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Numbers, (n,) or (n, T), from summed logarithms of 1 + number; one exponent per member."""
    logs = [np.log1p(np.maximum(p, 0.0)) for p in predictions]
    return np.asarray(np.expm1(np.maximum(added_up(logs, exponents, intercepts), 0.0)))
