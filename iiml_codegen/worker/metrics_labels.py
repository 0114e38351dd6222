"""Metrics on labels, each a function of confusion matrices.

A confusion matrix counts true code by answered code. All functions take any number of them at
once, shape (..., K, K), which makes threshold searches and jackknives cheap; scikit-learn's take
one pair of label columns at a time. Classes that neither side has do not count in a mean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
OfConfusion = Callable[[Floats], Floats]


def confusion(y: Floats, answers: Floats, classes: int) -> Floats:
    """Counts of (true code, answered code), shape (K, K)."""
    cells = y.astype(np.int64) * classes + answers.astype(np.int64)
    counts = np.bincount(cells, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.float64)


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Quotient, 0 where the denominator is 0."""
    safe = np.where(denominator == 0, 1.0, denominator)
    return np.asarray(np.where(denominator == 0, 0.0, numerator / safe))


def _hits(c: Floats) -> Floats:
    return np.asarray(np.diagonal(c, axis1=-2, axis2=-1))


def _mean_of_present(values: Floats, present: Floats) -> Floats:
    return ratio((values * present).sum(axis=-1), present.sum(axis=-1))


def accuracy(c: Floats) -> Floats:
    """Share of right answers."""
    return ratio(_hits(c).sum(axis=-1), c.sum(axis=(-2, -1)))


def error_rate(c: Floats) -> Floats:
    """Share of wrong answers."""
    return np.asarray(1.0 - accuracy(c))


def balanced_accuracy(c: Floats) -> Floats:
    """Mean over classes of the recall."""
    support = c.sum(axis=-1)
    return _mean_of_present(ratio(_hits(c), support), (support > 0).astype(np.float64))


def _class_f(c: Floats, beta: float) -> Floats:
    """F-beta of each class against the rest, shape (..., K)."""
    square = beta * beta
    weighted = square * c.sum(axis=-1) + c.sum(axis=-2)
    return ratio((1.0 + square) * _hits(c), weighted)


def f1(c: Floats) -> Floats:
    """F1 of the positive class, code 1."""
    return np.asarray(_class_f(c, 1.0)[..., 1])


def f2(c: Floats) -> Floats:
    """F-beta with beta 2: recall weighs more."""
    return np.asarray(_class_f(c, 2.0)[..., 1])


def f_half(c: Floats) -> Floats:
    """F-beta with beta 0.5: precision weighs more."""
    return np.asarray(_class_f(c, 0.5)[..., 1])


def macro_f1(c: Floats) -> Floats:
    """Mean over classes of F1."""
    present = (c.sum(axis=-1) + c.sum(axis=-2)) > 0
    return _mean_of_present(_class_f(c, 1.0), present.astype(np.float64))


def micro_f1(c: Floats) -> Floats:
    """F1 of all classes' counts together: the accuracy, where each row has one label."""
    return accuracy(c)


def weighted_f1(c: Floats) -> Floats:
    """Mean over classes of F1, weighted by the classes' true counts."""
    return _mean_of_present(_class_f(c, 1.0), c.sum(axis=-1))


def mcc(c: Floats) -> Floats:
    """Matthews correlation in Gorodkin's form for K classes."""
    true, answered, n = c.sum(axis=-1), c.sum(axis=-2), c.sum(axis=(-2, -1))
    covariance = _hits(c).sum(axis=-1) * n - (true * answered).sum(axis=-1)
    spread = (n * n - (true * true).sum(axis=-1)) * (n * n - (answered * answered).sum(axis=-1))
    return ratio(covariance, np.sqrt(np.maximum(spread, 0.0)))


def _kappa(c: Floats, cost: Floats) -> Floats:
    """1 - observed cost / cost expected of independent margins (Cohen 1968)."""
    n = c.sum(axis=(-2, -1))
    expected = c.sum(axis=-1)[..., :, None] * c.sum(axis=-2)[..., None, :]
    observed = (c * cost).sum(axis=(-2, -1)) * n
    chance = (expected * cost).sum(axis=(-2, -1))
    return np.asarray(np.where(chance == 0, 0.0, 1.0 - ratio(observed, chance)))


def _distance(c: Floats) -> Floats:
    codes = np.arange(c.shape[-1], dtype=np.float64)
    return np.asarray(np.abs(codes[:, None] - codes[None, :]))


def cohen_kappa(c: Floats) -> Floats:
    """Kappa in which each miss costs the same."""
    return _kappa(c, (_distance(c) > 0).astype(np.float64))


def linear_weighted_kappa(c: Floats) -> Floats:
    """Kappa in which a miss costs its distance."""
    return _kappa(c, _distance(c))


def quadratic_weighted_kappa(c: Floats) -> Floats:
    """Kappa in which a miss costs its squared distance."""
    return _kappa(c, _distance(c) ** 2)


def jaccard(c: Floats) -> Floats:
    """Intersection over union of the positive class, code 1."""
    hits = _hits(c)[..., 1]
    return ratio(hits, c[..., 1, :].sum(axis=-1) + c[..., :, 1].sum(axis=-1) - hits)


OF_CONFUSION: dict[str, OfConfusion] = {
    "accuracy": accuracy,
    "error_rate": error_rate,
    "balanced_accuracy": balanced_accuracy,
    "f1": f1,
    "macro_f1": macro_f1,
    "micro_f1": micro_f1,
    "weighted_f1": weighted_f1,
    "f2": f2,
    "f_half": f_half,
    "mcc": mcc,
    "quadratic_weighted_kappa": quadratic_weighted_kappa,
    "linear_weighted_kappa": linear_weighted_kappa,
    "cohen_kappa": cohen_kappa,
    "jaccard": jaccard,
    "hamming_loss": error_rate,
}


def _columns(y: Floats, answers: Floats) -> Floats:
    """Confusion of each column on its own, shape (T, 2, 2)."""
    return np.stack([confusion(y[:, t], answers[:, t], 2) for t in range(y.shape[1])])


def _row_f1(y: Floats, answers: Floats) -> float:
    return float(np.mean(ratio(2.0 * (y * answers).sum(axis=1), (y + answers).sum(axis=1))))


def _row_jaccard(y: Floats, answers: Floats) -> float:
    return float(np.mean(ratio((y * answers).sum(axis=1), np.maximum(y, answers).sum(axis=1))))


def _weighted_columns_f1(y: Floats, answers: Floats) -> float:
    return float(_mean_of_present(f1(_columns(y, answers)), y.sum(axis=0)))


OF_COLUMNS: dict[str, Callable[[Floats, Floats], float]] = {
    "accuracy": lambda y, answers: float(np.mean((y == answers).all(axis=1))),
    "macro_f1": lambda y, answers: float(np.mean(f1(_columns(y, answers)))),
    "micro_f1": lambda y, answers: float(f1(_columns(y, answers).sum(axis=0))),
    "weighted_f1": _weighted_columns_f1,
    "samples_f1": _row_f1,
    "jaccard": _row_jaccard,
    "hamming_loss": lambda y, answers: float(np.mean(y != answers)),
}
"""The same names for several labels a row: y and answers are 0/1 of shape (n, T)."""


def _quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Rows with mean mean(numerator) / mean(denominator) (delta method); 0 where that is 0 / 0."""
    top, bottom = numerator.mean(axis=0), denominator.mean(axis=0)
    share = ratio(top, bottom)
    return np.asarray(
        share + ratio(numerator - top - share * (denominator - bottom), bottom + 0 * numerator)
    )


def _column_rows(y: Floats, answers: Floats) -> Floats:
    """F1 of each column as rows, shape (n, T)."""
    return _quotient(2.0 * y * answers, y + answers)


def _weighted_rows(y: Floats, answers: Floats) -> Floats:
    support = y.sum(axis=0)
    return np.asarray(_column_rows(y, answers) @ ratio(support, support.sum() + 0 * support))


COLUMN_ROWS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "accuracy": lambda y, a: (y == a).all(axis=1).astype(np.float64),
    "macro_f1": lambda y, a: np.asarray(_column_rows(y, a).mean(axis=1)),
    "micro_f1": lambda y, a: _quotient(2.0 * (y * a).sum(axis=1), (y + a).sum(axis=1)),
    "weighted_f1": _weighted_rows,
    "samples_f1": lambda y, a: ratio(2.0 * (y * a).sum(axis=1), (y + a).sum(axis=1)),
    "jaccard": lambda y, a: ratio((y * a).sum(axis=1), np.maximum(y, a).sum(axis=1)),
    "hamming_loss": lambda y, a: np.asarray((y != a).mean(axis=1)),
}
"""Rows whose mean is the metric of `OF_COLUMNS`; their spread is its uncertainty."""
