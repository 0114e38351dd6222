"""Metrics on numbers, as rows whose mean is the metric; several targets are averaged.

A root or a quotient of means is linearised (delta method) around its value, see
`metrics_probabilities`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from .metrics_labels import Floats
from .metrics_probabilities import RowFunction, per_column

TINY = 1e-9
"""Answers are kept above this where a logarithm or a quotient is taken of them."""


def root(squares: Floats) -> Floats:
    """Rows with mean sqrt(mean(squares))."""
    mean = squares.mean()
    if mean == 0:
        return np.zeros_like(squares)
    return np.asarray(np.sqrt(mean) + (squares - mean) / (2.0 * np.sqrt(mean)))


def quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Rows with mean mean(numerator) / mean(denominator)."""
    top, bottom = numerator.mean(), denominator.mean()
    if bottom == 0:
        return np.full_like(numerator, np.nan)
    return np.asarray(
        top / bottom + (numerator - top) / bottom - top * (denominator - bottom) / bottom**2
    )


def _log1p(a: Floats) -> Floats:
    return np.asarray(np.log1p(np.maximum(a, 0.0)))


def _log(a: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(a, TINY)))


def _absolute_share(y: Floats, a: Floats) -> Floats:
    """|error| / |y|, with |y| kept above the machine's epsilon as scikit-learn does."""
    return np.asarray(np.abs(a - y) / np.maximum(np.abs(y), np.finfo(np.float64).eps))


def _symmetric_share(y: Floats, a: Floats) -> Floats:
    """200 |error| / (|y| + |a|), in per cent as Kaggle prints it; 0 where both are 0."""
    size = np.abs(y) + np.abs(a)
    return np.asarray(
        np.where(size == 0, 0.0, 200.0 * np.abs(a - y) / np.where(size == 0, 1, size))
    )


def _rmspe(y: Floats, a: Floats) -> Floats:
    """Root of the mean squared relative error; rows with y = 0 are left out."""
    known = (y != 0).astype(np.float64)
    share = known * ((a - y) / np.where(y == 0, 1.0, y)) ** 2
    mean = quotient(share, known)
    value = np.sqrt(mean.mean())
    return mean if value == 0 else np.asarray(value + (mean - mean.mean()) / (2.0 * value))


def _r2(y: Floats, a: Floats) -> Floats:
    return np.asarray(1.0 - quotient((y - a) ** 2, (y - y.mean()) ** 2))


def _pearson(y: Floats, a: Floats) -> Floats:
    if y.std() == 0 or a.std() == 0:
        return np.full_like(y, np.nan)
    u, v = (y - y.mean()) / y.std(), (a - a.mean()) / a.std()
    r = (u * v).mean()
    return np.asarray(r + u * v - r * (u * u + v * v) / 2.0)


def _spearman(y: Floats, a: Floats) -> Floats:
    return _pearson(rankdata(y), rankdata(a))


def _poisson(y: Floats, a: Floats) -> Floats:
    a = np.maximum(a, TINY)
    return np.asarray(2.0 * (np.where(y > 0, y * (_log(y) - np.log(a)), 0.0) - y + a))


def _gamma(y: Floats, a: Floats) -> Floats:
    a = np.maximum(a, TINY)
    return np.asarray(2.0 * (np.log(a) - _log(y) + y / a - 1.0))


def _tweedie(y: Floats, a: Floats) -> Floats:
    """Unit deviance of power 1.5 (Jorgensen 1997), between Poisson and gamma."""
    a, power = np.maximum(a, TINY), 1.5
    first = np.maximum(y, 0.0) ** (2 - power) / ((1 - power) * (2 - power))
    second = y * a ** (1 - power) / (1 - power)
    return np.asarray(2.0 * (first - second + a ** (2 - power) / (2 - power)))


def _huber(y: Floats, a: Floats) -> Floats:
    error = np.abs(a - y)
    return np.asarray(np.where(error <= 1.0, 0.5 * error**2, error - 0.5))


def _rmse(y: Floats, a: Floats) -> Floats:
    return root((y - a) ** 2)


def _rmsle(y: Floats, a: Floats) -> Floats:
    return root((_log1p(y) - _log1p(a)) ** 2)


def _mae(y: Floats, a: Floats) -> Floats:
    return np.asarray(np.abs(y - a))


ONE_TARGET: dict[str, RowFunction] = {
    "rmse": _rmse,
    "mse": lambda y, a: np.asarray((y - a) ** 2),
    "mae": _mae,
    "mape": _absolute_share,
    "smape": _symmetric_share,
    "rmspe": _rmspe,
    "rmsle": _rmsle,
    "mean_column_rmsle": _rmsle,
    "mean_column_rmse": _rmse,
    "mean_column_mae": _mae,
    "rmse_of_logs": lambda y, a: root((_log(y) - _log(a)) ** 2),
    "r2": _r2,
    "pinball": lambda y, a: 0.5 * _mae(y, a),
    "poisson_deviance": _poisson,
    "gamma_deviance": _gamma,
    "tweedie_deviance": _tweedie,
    "huber": _huber,
}
VALUE_ROWS: dict[str, RowFunction] = {
    name: per_column(function) for name, function in ONE_TARGET.items()
}
CORRELATION_ROWS: dict[str, RowFunction] = {
    "spearman": per_column(_spearman),
    "pearson": per_column(_pearson),
}


def median_ae(y: Floats, a: Floats) -> float:
    """Median of |error|, averaged over targets."""
    return float(np.mean(np.median(np.abs(y - a), axis=0)))


def explained_variance(y: Floats, a: Floats) -> float:
    """1 - variance of the error / variance of y, averaged over targets."""
    return float(np.mean(1.0 - np.var(y - a, axis=0) / np.var(y, axis=0)))


VALUE_VALUES: dict[str, Callable[[Floats, Floats], float]] = {
    "median_ae": median_ae,
    "explained_variance": explained_variance,
}
"""Without rows: their spread comes from a jackknife over blocks of rows."""
