"""Stack members by a regression that was fitted on their out-of-fold predictions.

Wolpert, Stacked generalization, 1992; a ridge towards equal weights keeps it from overfitting.
Parameters are flat lists, member by member.
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def added_up(
    scores: Sequence[np.ndarray], weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Weighted sums of members' scores, (n,) or (n, T); one weight per member and target."""
    shape = (len(scores), *scores[0].shape[1:])
    pairs = zip(np.reshape(weights, shape), scores, strict=True)
    return np.asarray(np.reshape(intercepts, shape[1:]) + sum(w * x for w, x in pairs))


def combine_by_coefficients(
    predictions: Sequence[np.ndarray],
    *,
    coefficients: Sequence[float],
    intercepts: Sequence[float],
) -> np.ndarray:
    """Class probabilities (n, K) from log-probabilities; one coefficient a member, or K x K."""
    members, classes = len(predictions), len(intercepts)
    shared = len(coefficients) == members
    each = [c * np.eye(classes) for c in coefficients] if shared else coefficients
    matrices = np.reshape(np.asarray(each), (members, classes, classes))
    logs = [np.log(np.clip(p, SMALLEST, 1.0)) for p in predictions]
    pairs = zip(logs, matrices, strict=True)
    scores = np.asarray(intercepts) + sum(x @ matrix for x, matrix in pairs)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def combine_by_slopes(
    predictions: Sequence[np.ndarray], *, slopes: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Probabilities of yes, (n,) or (n, T), from log-odds; one slope per member and target."""
    clipped = [np.clip(p, SMALLEST, 1.0 - SMALLEST) for p in predictions]
    odds = [np.log(p / (1.0 - p)) for p in clipped]
    return np.asarray(1.0 / (1.0 + np.exp(-added_up(odds, slopes, intercepts))))


def combine_by_weights(
    predictions: Sequence[np.ndarray], *, weights: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Numbers, (n,) or (n, T); one weight per member and target."""
    return added_up(predictions, weights, intercepts)


def combine_by_exponents(
    predictions: Sequence[np.ndarray], *, exponents: Sequence[float], intercepts: Sequence[float]
) -> np.ndarray:
    """Numbers, (n,) or (n, T), from logarithms of 1 + number; one exponent per member, target."""
    logs = [np.log1p(np.maximum(p, 0.0)) for p in predictions]
    return np.asarray(np.expm1(np.maximum(added_up(logs, exponents, intercepts), 0.0)))
