"""Stacking: a ridge regression on members' predictions, pulled towards equal weights.

Parameters as `workspace_templates/ensembles/blend_stack.py` takes them, flat, member by member:
multiclass {"coefficients": members x K x K (or one a member with more than 10 classes),
"intercepts": K}; binary, multilabel {"slopes": members x T, "intercepts": T}; numbers {"weights":
members x T, "intercepts": T}, on logarithms where those are scored {"exponents": members x T,
"intercepts": T}. The penalty is chosen on rows that the regression has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize, nnls

from .calibration import SMALLEST, Parameters, fit_logistic, softmax
from .links import from_scores, link_name, scores_of
from .metrics_labels import Floats
from .predictions import Aim, Ints

PENALTIES = (0.1, 0.01, 0.001)
"""Per row; the strongest first, so that the next starts close to its end."""
FULL_CLASSES = 10
"""Up to so many classes each class may learn from the others' probabilities."""
ITERATIONS = 40
ROWS = 16000
"""Rows that a stack is cross-fitted on at most; the final one takes all."""


def stack_path(aim: Aim, raws: Sequence[Floats], y: Floats) -> list[Parameters]:
    """The regression with each of `PENALTIES`, on at most `ROWS` rows."""
    chosen = np.random.default_rng(aim.seed).permutation(len(y))[:ROWS]
    return _fits(aim, [raw[chosen] for raw in raws], y[chosen], PENALTIES)


def fit_stack(aim: Aim, raws: Sequence[Floats], y: Floats, place: int) -> Parameters:
    """The regression on all these rows with the penalty at a place of the path."""
    return _fits(aim, raws, y, PENALTIES[place : place + 1])[0]


def _fits(
    aim: Aim, raws: Sequence[Floats], y: Floats, penalties: Sequence[float]
) -> list[Parameters]:
    link = link_name(aim)
    if link == "coefficients":
        return fit_classes(raws, y, penalties)
    return [_fit_targets(link, raws, y, penalty) for penalty in penalties]


def apply_stack(raws: Sequence[Floats], parameters: Parameters) -> Floats:
    """Stacked predictions in the shape of one member's."""
    intercepts = np.asarray(parameters["intercepts"])
    if "coefficients" in parameters:
        return _apply_classes(raws, np.asarray(parameters["coefficients"]), intercepts)
    link = next(name for name in parameters if name != "intercepts")
    slopes = np.reshape(parameters[link], (len(raws), -1))
    scored = [scores_of(raw, link) for raw in raws]
    total = intercepts + sum(slope * scores for slope, scores in zip(slopes, scored, strict=True))
    return from_scores(total, link).reshape(raws[0].shape)


def _fit_targets(link: str, raws: Sequence[Floats], y: Floats, penalty: float) -> Parameters:
    """One small regression for each target."""
    stacked = np.stack([scores_of(raw, link) for raw in raws], axis=1)
    targets = y.reshape(len(y), -1) if link == "slopes" else scores_of(y, link)
    fit = _fit_odds if link == "slopes" else _fit_numbers
    columns = [fit(stacked[:, :, t], targets[:, t], penalty) for t in range(targets.shape[1])]
    slopes = np.stack([slope for slope, _ in columns], axis=1)
    return {
        link: _rounded(slopes),
        "intercepts": _rounded(np.array([intercept for _, intercept in columns])),
    }


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 6) for value in values.ravel()]


def _fit_odds(odds: Floats, y: Floats, penalty: float) -> tuple[Floats, float]:
    features = np.column_stack([odds, np.ones(len(y))])
    count = odds.shape[1]
    center = np.append(np.full(count, 1.0 / count), 0.0)
    found = fit_logistic(features, y, center, penalty * len(y))
    return found[:-1], float(found[-1])


def _fit_numbers(members: Floats, y: Floats, penalty: float) -> tuple[Floats, float]:
    """Non-negative weights; least squares in units of the target's spread."""
    count, size = members.shape[1], float(y.var()) or 1.0
    centred, target = members - members.mean(axis=0), y - y.mean()
    ridge = np.sqrt(penalty * len(y) * size)
    left = np.linalg.qr(np.vstack([centred, ridge * np.eye(count)]), mode="reduced")
    right = np.concatenate([target, np.full(count, ridge / count)])
    weights, _ = nnls(left.R, left.Q.T @ right)
    return weights, float(y.mean() - members.mean(axis=0) @ weights)


def fit_classes(raws: Sequence[Floats], y: Floats, penalties: Sequence[float]) -> list[Parameters]:
    """Multinomial regressions on log-probabilities, one for each penalty."""
    classes, members = raws[0].shape[1], len(raws)
    logs = _logs(raws)
    center = np.full(members, 1.0 / members)
    if classes <= FULL_CLASSES:
        center = np.tile(np.eye(classes) / members, (members, 1)).ravel()
    center = np.append(center, np.zeros(classes))
    found, fits = center, []
    for penalty in penalties:
        found = _multinomial(logs, y.astype(np.int64), classes, center, found, penalty)
        coefficients, intercepts = found[:-classes], found[-classes:]
        fits.append({"coefficients": _rounded(coefficients), "intercepts": _rounded(intercepts)})
    return fits


def _multinomial(
    logs: Floats, codes: Ints, classes: int, center: Floats, start: Floats, penalty: float
) -> Floats:
    """L-BFGS on the mean log loss plus penalty / 2 * squared distance from `center`."""
    rows = np.arange(len(codes))

    def loss(found: Floats) -> tuple[float, Floats]:
        scores = _scores(logs, found[:-classes], found[-classes:])
        scores -= scores.max(axis=0)
        p = np.exp(scores)
        total = p.sum(axis=0)
        value = (np.log(total) - scores[codes, rows]).mean()
        p /= total
        p[codes, rows] -= 1.0
        p /= len(codes)
        away = found - center
        gradient = np.append(_slopes(logs, p, len(found) - classes), p.sum(axis=1))
        return float(value + penalty / 2 * (away**2).sum()), gradient + penalty * away

    options = {"maxiter": ITERATIONS, "ftol": 1e-7}
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(result.x)


def _logs(raws: Sequence[Floats]) -> Floats:
    """Log-probabilities with rows last, (members, K, n): sums over classes are fast that way."""
    return np.ascontiguousarray([np.log(np.clip(raw.T, SMALLEST, 1.0)) for raw in raws])


def _scores(logs: Floats, coefficients: Floats, intercepts: Floats) -> Floats:
    """Scores (K, n) of stacked log-probabilities."""
    members, classes, _ = logs.shape
    if len(coefficients) == members:
        return np.asarray(intercepts[:, None] + np.tensordot(coefficients, logs, axes=1))
    matrix = coefficients.reshape(members * classes, classes)
    return np.asarray(intercepts[:, None] + matrix.T @ logs.reshape(members * classes, -1))


def _slopes(logs: Floats, residual: Floats, size: int) -> Floats:
    """Gradient of the coefficients, of which there are `size`."""
    members, classes, _ = logs.shape
    if size == members:
        return np.asarray((logs * residual).sum(axis=(1, 2)))
    return np.asarray((logs.reshape(members * classes, -1) @ residual.T).ravel())


def _apply_classes(raws: Sequence[Floats], coefficients: Floats, intercepts: Floats) -> Floats:
    return softmax(_scores(_logs(raws), coefficients, intercepts).T)
