"""Stack members by a regression that was fitted on their out-of-fold predictions.

Logistic on log-probabilities for classes, logistic on log-odds for yes or no, linear for numbers
(Wolpert, Stacked generalization, 1992; a ridge towards equal weights keeps it from overfitting).
"""

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-6


def stack_classes(
    predictions: Sequence[np.ndarray], coefficients: np.ndarray, intercepts: np.ndarray
) -> np.ndarray:
    """Class probabilities (n, K) from log-probabilities; one coefficient a member, or K x K."""
    members, classes = len(predictions), len(intercepts)
    shared = coefficients.size == members
    matrices = [c * np.eye(classes) for c in coefficients] if shared else coefficients
    matrices = np.reshape(matrices, (members, classes, classes))
    logs = [np.log(np.clip(p, SMALLEST, 1.0)) for p in predictions]
    scores = intercepts + sum(x @ matrix for x, matrix in zip(logs, matrices, strict=True))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def stack_odds(
    predictions: Sequence[np.ndarray], slopes: np.ndarray, intercepts: np.ndarray
) -> np.ndarray:
    """Probabilities of yes, (n,) or (n, T), from log-odds; one slope per member and target."""
    clipped = [np.clip(p, SMALLEST, 1.0 - SMALLEST) for p in predictions]
    odds = [np.log(p / (1.0 - p)) for p in clipped]
    return np.asarray(1.0 / (1.0 + np.exp(-stack_values(odds, slopes, intercepts))))


def stack_values(
    predictions: Sequence[np.ndarray], weights: np.ndarray, intercepts: np.ndarray
) -> np.ndarray:
    """Numbers, (n,) or (n, T): weighted sums; one weight per member and target."""
    shape = (len(predictions), *predictions[0].shape[1:])
    pairs = zip(np.reshape(weights, shape), predictions, strict=True)
    return np.asarray(np.reshape(intercepts, shape[1:]) + sum(w * p for w, p in pairs))


def stack_logarithms(
    predictions: Sequence[np.ndarray], exponents: np.ndarray, intercepts: np.ndarray
) -> np.ndarray:
    """Numbers, (n,) or (n, T), from logarithms of 1 + number; one exponent per member, target."""
    logs = [np.log1p(np.maximum(p, 0.0)) for p in predictions]
    return np.asarray(np.expm1(np.maximum(stack_values(logs, exponents, intercepts), 0.0)))


def combine(
    predictions: Sequence[np.ndarray],
    *,
    intercepts: Sequence[float],
    coefficients: Sequence[float] = (),
    slopes: Sequence[float] = (),
    weights: Sequence[float] = (),
    exponents: Sequence[float] = (),
) -> np.ndarray:
    """Stack class probabilities by `coefficients`, probabilities of yes by `slopes`, numbers by
    `weights`, numbers whose logarithms count by `exponents`; all are flat lists, member by member.
    """
    if len(coefficients):
        return stack_classes(predictions, np.asarray(coefficients), np.asarray(intercepts))
    if len(slopes):
        return stack_odds(predictions, np.asarray(slopes), np.asarray(intercepts))
    if len(exponents):
        return stack_logarithms(predictions, np.asarray(exponents), np.asarray(intercepts))
    return stack_values(predictions, np.asarray(weights), np.asarray(intercepts))
