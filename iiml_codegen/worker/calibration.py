"""Calibration of members before they are averaged: so that 0.8 means the same from each.

Temperature for classes (Guo et al. 2017), a line on log-odds for yes or no (Platt 1999). Fitted
parameters are pulled towards "as it is", so that few rows cannot bend them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar

from .metrics_labels import Floats

SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1 before a logarithm; templates say the same."""
ROWS = 5000
"""Rows that a calibration is fitted on at most."""
PRIOR_ROWS = 10.0
"""Weight of "as it is" in Platt's line, in rows."""
NEWTON_STEPS = 12

Parameters = dict[str, list[float]]


def log_odds(p: Floats) -> Floats:
    """Logarithm of p / (1 - p), kept finite."""
    p = np.clip(p, SMALLEST, 1.0 - SMALLEST)
    return np.asarray(np.log(p / (1.0 - p)))


def sigmoid(x: Floats) -> Floats:
    """From log-odds to probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def softmax(scores: Floats) -> Floats:
    """From scores (n, K) to probabilities that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cool(p: Floats, temperature: float) -> Floats:
    """Class probabilities to a power, made to sum to 1 again."""
    return softmax(temperature * np.log(np.clip(p, SMALLEST, 1.0)))


def fit_temperature(p: Floats, y: Floats, seed: int) -> float:
    """The power with the least log loss, between 1/4 and 4."""
    chosen = np.random.default_rng(seed).permutation(len(y))[:ROWS]
    logs, codes = np.log(np.clip(p[chosen], SMALLEST, 1.0)), y[chosen].astype(np.int64)
    rows = np.arange(len(codes))

    def loss(log_power: float) -> float:
        scores = np.exp(log_power) * logs
        top = scores.max(axis=1)
        total = np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top
        return float((total - scores[rows, codes]).sum() + PRIOR_ROWS * log_power**2)

    found = minimize_scalar(loss, bounds=(-np.log(4), np.log(4)), method="bounded")
    return float(np.exp(found.x))


def fit_logistic(features: Floats, y: Floats, center: Floats, penalty: float) -> Floats:
    """Slopes of a logistic regression, with penalty / 2 * squared distance from `center`.

    Newton's method with halved steps; `features` (n, d) hold a column of ones where an intercept
    is wanted. The loss is a sum over rows.
    """
    slopes = center.copy()

    def loss(trial: Floats) -> float:
        z = features @ trial
        return float(
            np.logaddexp(0.0, z).sum() - y @ z + penalty / 2 * ((trial - center) ** 2).sum()
        )

    current = loss(slopes)
    for _ in range(NEWTON_STEPS):
        p = sigmoid(features @ slopes)
        gradient = features.T @ (p - y) + penalty * (slopes - center)
        hessian = (features * (p * (1.0 - p))[:, None]).T @ features
        step = np.linalg.solve(hessian + penalty * np.eye(len(slopes)), gradient)
        trial, scale = slopes - step, 1.0
        while loss(trial) > current and scale > 1e-3:
            scale /= 2.0
            trial = slopes - scale * step
        after = loss(trial)
        if current - after < 1e-9 * max(1.0, current):
            return slopes if after > current else trial
        slopes, current = trial, after
    return slopes


def fit_line(p: Floats, y: Floats) -> tuple[float, float]:
    """Scale and offset of the log-odds; the scale stays above 0, so the order stays."""
    features = np.column_stack([log_odds(p), np.ones(len(p))])
    scale, offset = fit_logistic(features, y, np.array([1.0, 0.0]), PRIOR_ROWS)
    return (float(scale), float(offset)) if scale > 0.05 else (1.0, 0.0)


def fit_calibration(kind: str, raws: Sequence[Floats], y: Floats, seed: int) -> Parameters:
    """Parameters that calibrate each member, as flat lists, member by member; none for numbers."""
    if kind == "multiclass":
        return {"temperatures": [round(fit_temperature(raw, y, seed), 6) for raw in raws]}
    if kind not in ("binary", "multilabel"):
        return {}
    chosen = np.random.default_rng(seed).permutation(len(y))[:ROWS]
    targets = y[chosen].reshape(len(chosen), -1).T
    lines = [
        fit_line(p, t)
        for raw in raws
        for p, t in zip(raw[chosen].reshape(len(chosen), -1).T, targets, strict=True)
    ]
    return {
        "scales": [round(scale, 6) for scale, _ in lines],
        "offsets": [round(offset, 6) for _, offset in lines],
    }


def calibrate(raws: Sequence[Floats], parameters: Parameters) -> list[Floats]:
    """Members' predictions, calibrated."""
    if "temperatures" in parameters:
        pairs = zip(raws, parameters["temperatures"], strict=True)
        return [cool(raw, temperature) for raw, temperature in pairs]
    if "scales" not in parameters:
        return list(raws)
    shape = (len(raws), *raws[0].shape[1:])
    scales = np.reshape(parameters["scales"], shape)
    offsets = np.reshape(parameters["offsets"], shape)
    return [
        sigmoid(scale * log_odds(raw) + offset)
        for raw, scale, offset in zip(raws, scales, offsets, strict=True)
    ]
