"""Metrics on probabilities and on scores that rank; as rows whose mean is the metric.

`y` holds codes (n,) or 0/1 per target (n, T); answers are P(positive) (n,), one column per class
(n, K), or one per target (n, T). Rows of a metric that is no mean are its linearisation (delta
method), so that their spread gives its standard error and their differences a paired test.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from .metrics_labels import Floats

SMALLEST = 1e-15
"""Probabilities are kept this far from 0 and 1, as Kaggle does."""

RowFunction = Callable[[Floats, Floats], Floats]


def per_column(function: RowFunction) -> RowFunction:
    """Extend a function of one target to several: the mean over columns, row by row."""

    def extended(y: Floats, answers: Floats) -> Floats:
        if y.ndim == 1:
            return function(y, answers)
        rows = [function(y[:, t], answers[:, t]) for t in range(y.shape[1])]
        return np.asarray(np.mean(rows, axis=0))

    return extended


def one_against_rest(function: RowFunction) -> RowFunction:
    """Extend a function of a binary target to K classes (the mean over those present) and T."""

    def extended(y: Floats, answers: Floats) -> Floats:
        if y.ndim == 1 and answers.ndim == 2:
            codes = [k for k in range(answers.shape[1]) if (y == k).any()]
            rows = [function((y == k).astype(np.float64), answers[:, k]) for k in codes]
            return np.asarray(np.mean(rows, axis=0))
        return per_column(function)(y, answers)

    return extended


def _binary_log_loss(y: Floats, answers: Floats) -> Floats:
    p = np.clip(answers, SMALLEST, 1.0 - SMALLEST)
    return np.asarray(-np.log(np.where(y == 1, p, 1.0 - p)))


def log_loss(y: Floats, answers: Floats) -> Floats:
    """-log of the probability of what is true; rows over classes are made to sum to 1."""
    if y.ndim == 1 and answers.ndim == 2:
        p = np.clip(answers, SMALLEST, 1.0 - SMALLEST)
        true = p[np.arange(len(y)), y.astype(np.int64)]
        return np.asarray(np.log(p.sum(axis=1)) - np.log(true))
    return per_column(_binary_log_loss)(y, answers)


def balanced_log_loss(y: Floats, answers: Floats) -> Floats:
    """The mean over classes of the mean log loss of their rows; classes without rows do not count.

    Rows are the value and what each adds to the mean of its class.
    """
    losses, codes = log_loss(y, answers), y.astype(np.int64)
    counts = np.bincount(codes)
    present = np.count_nonzero(counts)
    means = np.bincount(codes, weights=losses) / np.maximum(counts, 1)
    apart = (losses - means[codes]) * len(y) / (present * counts[codes])
    return np.asarray(means.sum() / present + apart)


def brier(y: Floats, answers: Floats) -> Floats:
    """Squared distance of probabilities from 0/1; over classes their sum (Brier 1950)."""
    if y.ndim == 1 and answers.ndim == 2:
        truth = (y[:, None] == np.arange(answers.shape[1])).astype(np.float64)
        return np.asarray(((answers - truth) ** 2).sum(axis=1))
    return per_column(lambda t, p: np.asarray((p - t) ** 2))(y, answers)


def _binary_auc(y: Floats, answers: Floats) -> Floats:
    """DeLong's placements (1988): each row's share of pairs that are in the right order."""
    positive = y == 1
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if ones == 0 or zeros == 0:
        return np.full(len(y), np.nan)
    placements = rankdata(answers)
    placements[positive] -= rankdata(answers[positive])
    placements[~positive] -= rankdata(answers[~positive])
    placements[positive] /= zeros
    placements[~positive] = 1.0 - placements[~positive] / ones
    auc = placements[positive].mean()
    return np.asarray(auc + (placements - auc) * len(y) / np.where(positive, ones, zeros))


def micro_auc(y: Floats, answers: Floats) -> Floats:
    """The area over all pairs of a row and a target: a row counts by the mean of its pairs."""
    pairs = _binary_auc(y.reshape(-1), answers.reshape(-1))
    return np.asarray(pairs.reshape(len(y), -1).mean(axis=1))


def label_precisions(y: Floats, answers: Floats) -> Floats:
    """For each row the sum over its labels of the precision of its ranking down to the label.

    Equal answers share the last of their places, as in scikit-learn.
    """
    order = np.argsort(-answers, axis=1, kind="stable")
    ranked = np.take_along_axis(answers, order, axis=1)
    hits = np.take_along_axis(y == 1, order, axis=1)
    places = np.broadcast_to(np.arange(y.shape[1]), y.shape)
    ends = np.where(np.diff(ranked, axis=1, append=-np.inf) != 0, places, y.shape[1] - 1)
    ends = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    found = np.take_along_axis(hits.cumsum(axis=1), ends, axis=1)
    return np.asarray((hits * found / (ends + 1)).sum(axis=1))


def lrap(y: Floats, answers: Floats) -> Floats:
    """The mean precision at the labels of each row; 1 for a row without any."""
    labels = (y == 1).sum(axis=1)
    return np.where(labels == 0, 1.0, label_precisions(y, answers) / np.maximum(labels, 1))


def lwlrap(y: Floats, answers: Floats) -> Floats:
    """The mean precision at all labels, each of which counts the same; linearised by rows."""
    labels = (y == 1).sum(axis=1)
    found = label_precisions(y, answers)
    value = found.sum() / max(1, labels.sum())
    return np.asarray(value + (found - value * labels) / max(labels.mean(), 1.0 / len(y)))


def _reciprocal_rank(y: Floats, answers: Floats) -> Floats:
    """1 / the place of the true class; among equals the lower code comes first."""
    codes = y.astype(np.int64)
    true = answers[np.arange(len(y)), codes][:, None]
    earlier = np.arange(answers.shape[1])[None, :] < codes[:, None]
    before = (answers > true) | ((answers == true) & earlier)
    return np.asarray(1.0 / (1.0 + before.sum(axis=1)))


def map_at(k: int) -> RowFunction:
    """Mean average precision at k with one true class a row: 1 / its place, 0 after place k."""

    def rows(y: Floats, answers: Floats) -> Floats:
        reciprocal = _reciprocal_rank(y, answers)
        return np.asarray(np.where(reciprocal * k >= 1.0 - 1e-9, reciprocal, 0.0))

    return rows


def top(k: int) -> RowFunction:
    """Share of rows whose true class is among the k likeliest."""
    return lambda y, answers: (map_at(k)(y, answers) > 0).astype(np.float64)


def gini_rows(y: Floats, answers: Floats) -> Floats:
    """2 AUC - 1 for 0/1 targets."""
    return np.asarray(2.0 * _binary_auc(y, answers) - 1.0)


def _lorenz(y: Floats, by: Floats) -> float:
    """Area between the cumulated share of y, ordered by falling `by`, and the diagonal."""
    ordered = y[np.argsort(-by, kind="stable")]
    return float((np.cumsum(ordered) / ordered.sum()).sum() - (len(y) + 1) / 2.0) / len(y)


def gini(y: Floats, answers: Floats) -> float:
    """Normalised Gini: the Lorenz area of the answers by that of the truth."""
    if np.isin(y, (0.0, 1.0)).all():
        return float(gini_rows(y, answers).mean())
    return _lorenz(y, answers) / _lorenz(y, y)


def average_precision(y: Floats, answers: Floats) -> Floats:
    """The step-wise area under precision over recall, as a single row.

    As scikit-learn's, without its checks: a jackknife asks a hundred times.
    """
    order = np.argsort(-answers, kind="stable")
    hits = np.cumsum(y[order] == 1).astype(np.float64)
    ends = np.append(np.flatnonzero(np.diff(answers[order])), len(y) - 1)
    if hits[-1] == 0:
        return np.array([0.0])
    precision, recall = hits[ends] / (ends + 1), hits[ends] / hits[-1]
    return np.array([float((np.diff(recall, prepend=0.0) * precision).sum())])


def pr_auc(y: Floats, answers: Floats) -> Floats:
    """The trapezoid area under precision over recall, as a single row."""
    from sklearn.metrics import auc, precision_recall_curve

    precision, recall, _ = precision_recall_curve(y, answers)
    return np.array([float(auc(recall, precision))])


PROBABILITY_ROWS: dict[str, RowFunction] = {
    "log_loss": log_loss,
    "multiclass_log_loss": log_loss,
    "mean_column_log_loss": log_loss,
    "balanced_log_loss": balanced_log_loss,
    "brier": brier,
}
SCORE_ROWS: dict[str, RowFunction] = {
    "roc_auc": one_against_rest(_binary_auc),
    "mean_column_roc_auc": one_against_rest(_binary_auc),
    "micro_roc_auc": micro_auc,
    "lwlrap": lwlrap,
    "lrap": lrap,
    "roc_auc_ovr": one_against_rest(_binary_auc),
    "map_at_3": map_at(3),
    "map_at_5": map_at(5),
    "top_3_accuracy": top(3),
    "top_5_accuracy": top(5),
}
SCORE_VALUES: dict[str, Callable[[Floats, Floats], float]] = {
    "average_precision": lambda y, p: float(one_against_rest(average_precision)(y, p)[0]),
    "pr_auc": lambda y, p: float(one_against_rest(pr_auc)(y, p)[0]),
    "gini": gini,
}
"""Scores without rows: their spread comes from a jackknife over blocks of rows."""
