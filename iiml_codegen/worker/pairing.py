"""How likely one set of answers is better than another: paired differences on the same rows."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from .metrics_labels import Floats
from .predictions import Aim, Ints


def spread(pieces: Floats) -> float:
    """Standard error of the mean of pieces; 0 for a single one."""
    return float(np.std(pieces, ddof=1) / np.sqrt(len(pieces))) if len(pieces) > 1 else 0.0


def pieces_of(aim: Aim, y: Floats, answers: Floats, groups: Ints | None = None) -> Floats:
    """The metric's pieces (see `metrics`), in its own direction.

    Scores that only rank are ranked within a group (a fold), for different models gave them, and
    averaged by the groups' rows. Where the metric has no value in one, all rows are one group.
    """
    if groups is not None and aim.measure.wants == "scores":
        within = _within(aim, y, answers, groups)
        if np.isfinite(within).all():
            return within
    return aim.measure.pieces(y, answers, aim.classes, aim.seed)


def value_of(aim: Aim, y: Floats, answers: Floats, groups: Ints) -> float:
    """The mean of the pieces, without working them out."""
    metric = aim.measure
    if metric.wants == "scores":
        parts = [groups == group for group in np.unique(groups)]
        values = [metric.value(y[p], answers[p], aim.classes) * float(p.mean()) for p in parts]
        if np.isfinite(values).all():
            return float(sum(values))
    return metric.value(y, answers, aim.classes)


def _within(aim: Aim, y: Floats, answers: Floats, groups: Ints) -> Floats:
    """Pieces of each group, scaled so that the mean of all is the mean weighted by rows."""
    parts = [groups == group for group in np.unique(groups)]
    pieces = [aim.measure.pieces(y[p], answers[p], aim.classes, aim.seed) for p in parts]
    total = sum(len(piece) for piece in pieces)
    shares = [float(p.mean()) * total / len(x) for p, x in zip(parts, pieces, strict=True)]
    return np.concatenate([x * share for x, share in zip(pieces, shares, strict=True)])


def differences(
    aim: Aim, y: Floats, first: Floats, second: Floats, groups: Ints | None = None
) -> Floats:
    """Piece by piece, how much better the first answers are than the second."""
    paired = pieces_of(aim, y, first, groups) - pieces_of(aim, y, second, groups)
    return aim.measure.gains(paired)


def chance_above_zero(difference: Floats) -> float:
    """P(mean > 0) by Student's t; a half where nothing differs."""
    mean, error = float(difference.mean()), spread(difference)
    if error == 0:
        return 0.5 if mean == 0 else float(mean > 0)
    return float(stdtr(len(difference) - 1, mean / error))


def p_better(
    aim: Aim, y: Floats, first: Floats, second: Floats, groups: Ints | None = None
) -> float:
    """P(first is better than second) in the metric, paired by row."""
    return chance_above_zero(differences(aim, y, first, second, groups))
