"""Boost members: a sum that grew stage by stage on their out-of-fold predictions.

Each stage added a part of the step that took most off the loss, along one member (forward
stagewise additive modelling; Friedman, Greedy function approximation, 2001). A member's weight
is the sum of its steps. Classes add up as log-probabilities, yes or no as log-odds.
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def boost_classes(
    predictions: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Class probabilities (n, K) from summed log-probabilities."""
    logs = [np.log(np.clip(p, SMALLEST, 1.0)) for p in predictions]
    scores = boost_values(logs, weights, intercepts)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def boost_odds(
    predictions: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Probabilities of yes, (n,) or (n, T), from summed log-odds."""
    clipped = [np.clip(p, SMALLEST, 1.0 - SMALLEST) for p in predictions]
    odds = [np.log(p / (1.0 - p)) for p in clipped]
    return np.asarray(1.0 / (1.0 + np.exp(-boost_values(odds, weights, intercepts))))


def boost_logarithms(
    predictions: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Numbers, (n,) or (n, T), from summed logarithms of 1 + number."""
    logs = [np.log1p(np.maximum(p, 0.0)) for p in predictions]
    return np.asarray(np.expm1(np.maximum(boost_values(logs, weights, intercepts), 0.0)))


def boost_values(
    predictions: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """The weighted sum of members, each with one weight, on top of an intercept per column."""
    pairs = zip(weights, predictions, strict=True)
    total = sum(weight * p for weight, p in pairs)
    return np.asarray(np.reshape(intercepts, predictions[0].shape[1:]) + total)


def combine(
    predictions: Sequence[np.ndarray],
    *,
    intercepts: Sequence[float],
    coefficients: Sequence[float] = (),
    slopes: Sequence[float] = (),
    weights: Sequence[float] = (),
    exponents: Sequence[float] = (),
) -> np.ndarray:
    """Add class probabilities up by `coefficients`, probabilities of yes by `slopes`, numbers by
    `weights`, numbers whose logarithms count by `exponents`; one weight per member.
    """
    if len(coefficients):
        return boost_classes(predictions, coefficients, intercepts)
    if len(slopes):
        return boost_odds(predictions, slopes, intercepts)
    if len(exponents):
        return boost_logarithms(predictions, exponents, intercepts)
    return boost_values(predictions, weights, intercepts)
