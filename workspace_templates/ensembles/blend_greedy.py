"""Blend members by a weighted mean; how often greedy selection took each is its weight.

Caruana et al., Ensemble selection from libraries of models, ICML 2004. Each member's
probabilities are calibrated first: by a temperature (classes) or by a line on log-odds (yes or no).
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def cool(p: np.ndarray, temperature: float) -> np.ndarray:
    """Class probabilities (n, K) to a power, made to sum to 1 again."""
    powers = np.clip(p, SMALLEST, 1.0) ** temperature
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def platt(p: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Probabilities of yes, moved by a line on their log-odds."""
    p = np.clip(p, SMALLEST, 1.0 - SMALLEST)
    return np.asarray(1.0 / (1.0 + np.exp(-(scale * np.log(p / (1.0 - p)) + offset))))


def combine(
    predictions: Sequence[np.ndarray],
    *,
    weights: Sequence[float],
    temperatures: Sequence[float] = (),
    scales: Sequence[float] = (),
    offsets: Sequence[float] = (),
) -> np.ndarray:
    """Calibrate each member and take the weighted mean.

    `weights` and `temperatures` hold one number per member, `scales` and `offsets` one per member
    and target, member by member; without them members are taken as they are (numbers).
    """
    calibrated = list(predictions)
    if len(temperatures):
        calibrated = [cool(p, t) for p, t in zip(calibrated, temperatures, strict=True)]
    if len(scales):
        shape = (len(weights), *predictions[0].shape[1:])
        lines = zip(np.reshape(scales, shape), np.reshape(offsets, shape), strict=True)
        calibrated = [platt(p, *line) for p, line in zip(calibrated, lines, strict=True)]
    return np.asarray(sum(w * p for w, p in zip(weights, calibrated, strict=True)))
