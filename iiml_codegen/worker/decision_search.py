"""Searches for thresholds and class weights that a label metric likes best.

All on confusion matrices that are counted once: a candidate costs a matrix, not a pass over rows.
"""

from __future__ import annotations

import numpy as np

from .class_shares import EVEN, class_shares
from .metrics_labels import Floats, OfConfusion, confusion
from .predictions import Aim, Ints

CUTS = 200
"""Candidate thresholds, at quantiles of the predictions."""
SMOOTH = 5
"""Neighbouring candidates over which a threshold's score is averaged: a lone peak is noise."""
SWEEPS = 10
ROWS = 8000
"""Rows on which class weights or a common threshold are searched at most."""
WEIGHTED_CLASSES = 30
"""With more classes than this their weights are not searched."""
FACTORS: Floats = np.exp(np.linspace(-1.5, 1.5, 13))
SYMMETRIC = frozenset({"accuracy", "error_rate", "hamming_loss", "micro_f1"})
"""Metrics for which the likeliest class is the best answer as it is."""


def _gain(aim: Aim) -> OfConfusion:
    """The metric of confusion matrices, turned so that more is better."""
    function = aim.measure.of_confusion
    if function is None:
        raise TypeError(f"{aim.metric} is no function of a confusion matrix")
    sign = 1.0 if aim.measure.greater_is_better else -1.0
    return lambda c: np.asarray(sign * function(c))


def candidate_cuts(raw: Floats, most: int = CUTS) -> Floats:
    """Ascending cuts half-way between neighbouring predictions, at most so many of them."""
    values = np.unique(raw)
    if len(values) > most + 1:
        values = np.unique(np.quantile(values, np.linspace(0, 1, most + 1), method="nearest"))
    return np.asarray((values[1:] + values[:-1]) / 2.0)


def _below(raw: Floats, y: Floats, cuts: Floats, classes: int) -> Floats:
    """Rows of each class below each cut, shape (K, cuts + 2): none first, all last."""
    place = np.searchsorted(cuts, raw, side="right")
    cells = y.astype(np.int64) * (len(cuts) + 1) + place
    counts = np.bincount(cells, minlength=classes * (len(cuts) + 1))
    table = counts.reshape(classes, len(cuts) + 1)
    below = np.cumsum(table, axis=1).astype(np.float64)
    return np.concatenate([np.zeros((classes, 1)), below], axis=1)


def _smoothed(scores: Floats) -> Floats:
    """Mean over a window of neighbours; shorter at the ends."""
    kernel = np.ones(min(SMOOTH, len(scores)))
    total = np.convolve(scores, kernel, mode="same")
    return np.asarray(total / np.convolve(np.ones(len(scores)), kernel, mode="same"))


def _best_cut(gain: OfConfusion, raw: Floats, y: Floats) -> float:
    """The cut between 0 and 1 that a metric of 2 x 2 matrices likes best; 0.5 without a choice."""
    rarer = raw[y == float(y.mean() < 0.5)]  # of few, quantiles of all would say little
    cuts = np.union1d(candidate_cuts(raw), candidate_cuts(rarer))
    if len(cuts) == 0:
        return 0.5
    negative = _below(raw, y, cuts, 2)[:, 1:-1].T
    totals = np.array([(y == 0).sum(), (y == 1).sum()], dtype=np.float64)
    scores = gain(np.stack([negative, totals - negative], axis=-1))
    return float(cuts[int(np.argmax(_smoothed(scores)))])


def fit_threshold(aim: Aim, raw: Floats, y: Floats) -> dict[str, list[float]]:
    """The threshold on P(positive) that scores best."""
    return {"threshold": [_best_cut(_gain(aim), raw, y)]}


def fit_grades(aim: Aim, raw: Floats, y: Floats) -> dict[str, list[float]]:
    """K - 1 ascending thresholds on the expected grade, by coordinate ascent.

    Starts where the answers would have the shares of the grades in `y`, and half-way between
    grades; the better end is taken.
    """
    classes = aim.classes
    cuts = candidate_cuts(raw, 2 * CUTS)
    if len(cuts) == 0:
        return {"thresholds": [k + 0.5 for k in range(classes - 1)]}
    below = _below(raw, y, cuts, classes)
    shares = np.cumsum(np.bincount(y.astype(np.int64), minlength=classes))[:-1] / len(y)
    by_share = np.searchsorted(below.sum(axis=0) / len(y), shares)
    half_way = np.searchsorted(cuts, np.arange(classes - 1) + 0.5) + 1
    ends = [_ascend(_gain(aim), below, start) for start in (by_share, half_way)]
    places = max(ends, key=lambda end: end[0])[1]
    return {"thresholds": [float(cuts[min(max(p, 1), len(cuts)) - 1]) for p in places]}


def _ascend(gain: OfConfusion, below: Floats, start: Ints) -> tuple[float, list[int]]:
    """Move one threshold at a time to its best place until none moves."""
    last = below.shape[1] - 1
    places = [0, *(int(p) for p in np.clip(start, 1, last - 1)), last]
    best = -np.inf
    for _ in range(SWEEPS):
        before = list(places)
        for g in range(1, len(places) - 1):
            low, high = max(1, places[g - 1]), min(last - 1, places[g + 1])
            options = np.arange(low, high + 1)
            scores = gain(_matrices(below, places, g, options))
            places[g], best = int(options[np.argmax(scores)]), float(scores.max())
        if places == before:
            break
    return best, places[1:-1]


def _matrices(below: Floats, places: list[int], moved: int, options: Ints) -> Floats:
    """Confusion matrices with one threshold at each of its options."""
    edges = np.tile(np.asarray(places), (len(options), 1))
    edges[:, moved] = options
    return np.moveaxis(np.diff(below[:, edges], axis=-1), 0, -2)


def plain_weights(aim: Aim, y: Floats) -> dict[str, list[float]]:
    """Weights of the classes without a search: none, or such that each class counts the same."""
    if aim.metric not in EVEN:
        return {}
    weights = 1.0 / np.asarray(class_shares(y, aim.classes))
    return {"weights": [float(w) for w in weights / weights.sum()]}


def fit_weights(aim: Aim, raw: Floats, y: Floats) -> dict[str, list[float]]:
    """Weights of the classes in the argmax, by coordinate ascent where a search can help."""
    classes, plain = raw.shape[1], plain_weights(aim, y)
    if aim.metric in SYMMETRIC or classes > WEIGHTED_CLASSES:
        return plain
    chosen = np.random.default_rng(aim.seed).permutation(len(y))[:ROWS]
    raw, y = raw[chosen], y[chosen]
    gain, weights = _gain(aim), np.asarray(plain.get("weights", np.ones(classes)))
    first = (raw * weights).argmax(axis=1).astype(np.float64)
    start = best = float(gain(confusion(y, first, classes)))
    for k in list(range(classes)) * 2:
        factors = FACTORS * weights[k]
        scores = gain(_weighted_matrices(raw, y, weights, k, factors))
        if scores.max() > best + 1e-12:
            best, weights[k] = float(scores.max()), factors[int(np.argmax(scores))]
    return {"weights": [float(w) for w in weights / weights.sum()]} if best > start else plain


def _weighted_matrices(raw: Floats, y: Floats, weights: Floats, k: int, factors: Floats) -> Floats:
    """Confusion matrices with class k at each of its ascending weights, (factors, K, K).

    A row turns from its best rival to k where k's weight passes the rival's height: rows are
    counted once by (weight from which they turn, true class, rival).
    """
    classes = raw.shape[1]
    weighed = raw * weights
    weighed[:, k] = -np.inf
    rival, height = weighed.argmax(axis=1), weighed.max(axis=1)
    turn = np.searchsorted(factors, height / np.maximum(raw[:, k], 1e-300), side="left")
    cells = (turn * classes + y.astype(np.int64)) * classes + rival
    shape = (len(factors) + 1, classes, classes)
    counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
    turned = np.cumsum(counts, axis=0)[:-1]
    matrices = counts.sum(axis=0) - turned
    matrices[:, :, k] += turned.sum(axis=2)
    return np.asarray(matrices)


def fit_label_thresholds(aim: Aim, raw: Floats, y: Floats) -> dict[str, list[float]]:
    """A threshold for each column where columns count alone, else one for all.

    A half where each cell counts alone (Hamming loss, all labels right): it is best there.
    """
    columns = raw.shape[1]
    if aim.metric in SYMMETRIC - {"micro_f1"}:
        return {"thresholds": [0.5] * columns}
    if aim.metric in ("macro_f1", "weighted_f1"):
        return {"thresholds": [_best_cut(_gain(F1), raw[:, t], y[:, t]) for t in range(columns)]}
    chosen = np.random.default_rng(aim.seed).permutation(len(y))[:ROWS]
    raw, y = raw[chosen], y[chosen]
    shares, said = np.linspace(0.02, 0.98, 33), raw[y == 1]
    options = np.quantile(raw, shares)
    if len(said):
        options = np.union1d(options, np.quantile(said, shares))
    values = [aim.measure.value(y, (raw >= cut).astype(np.float64)) for cut in options]
    best = float(options[int(np.argmax(_smoothed(np.asarray(values))))])
    return {"thresholds": [best] * columns}


F1 = Aim("f1", "binary", 2, 0)
