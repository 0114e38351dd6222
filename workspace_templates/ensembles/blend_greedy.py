"""Blend members by a weighted mean; how often greedy selection took each is its weight.

Caruana et al., Ensemble selection from libraries of models, ICML 2004.
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def weighted_mean(members: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """The mean of members; weights sum to 1."""
    return np.asarray(sum(w * p for w, p in zip(weights, members, strict=True)))


def cool(p: np.ndarray, temperature: float) -> np.ndarray:
    """Class probabilities (n, K) to a power, made to sum to 1 again."""
    powers = np.clip(p, SMALLEST, 1.0) ** temperature
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def platt(p: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Probabilities of yes, moved by a line on their log-odds."""
    p = np.clip(p, SMALLEST, 1.0 - SMALLEST)
    return np.asarray(1.0 / (1.0 + np.exp(-(scale * np.log(p / (1.0 - p)) + offset))))


def combine_by_temperatures(
    predictions: Sequence[np.ndarray], *, weights: Sequence[float], temperatures: Sequence[float]
) -> np.ndarray:
    """The weighted mean of class probabilities, each member calibrated by its temperature."""
    cooled = [cool(p, t) for p, t in zip(predictions, temperatures, strict=True)]
    return weighted_mean(cooled, weights)


def combine_by_scales(
    predictions: Sequence[np.ndarray],
    *,
    weights: Sequence[float],
    scales: Sequence[float],
    offsets: Sequence[float],
) -> np.ndarray:
    """The weighted mean of probabilities of yes, (n,) or (n, T), each calibrated by a line.

    `scales` and `offsets` hold one number per member and target, member by member.
    """
    shape = (len(weights), *predictions[0].shape[1:])
    lines = zip(np.reshape(scales, shape), np.reshape(offsets, shape), strict=True)
    moved = [platt(p, *line) for p, line in zip(predictions, lines, strict=True)]
    return weighted_mean(moved, weights)


def combine_by_weights(
    predictions: Sequence[np.ndarray], *, weights: Sequence[float]
) -> np.ndarray:
    """The weighted mean of members as they are (numbers)."""
    return weighted_mean(predictions, weights)
