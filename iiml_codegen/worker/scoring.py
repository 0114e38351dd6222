"""Verbs `score` and `constant_score`: what a candidate is worth on rows it never saw.

The decision step is cross-fitted: each fold's answers use parameters fitted on the other folds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .class_shares import BALANCED
from .decisions import cross_fitted_answers, decision_for, fit_decision
from .errors import DataError
from .masks import truths
from .metrics_labels import Floats
from .pairing import pieces_of, spread
from .predictions import (
    CODED,
    Aim,
    OutOfFold,
    load_aim,
    load_labels,
    load_out_of_fold,
    load_sources,
    required,
)
from .texts import Texts, worth

Score = dict[str, Any]
"""A plain `Score` of `domain/candidate.py`."""


def score(params: dict[str, Any]) -> Score:
    """Score the folds of one candidate.

    Params: labels {"file": .npy}, kind, metric, classes, folds [{"raw": .npy, "fold_rows": .npy}],
    seed. `fitted` are the decision's parameters, fitted on all rows.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    oof = load_out_of_fold(required(params, "folds"), labels, aim)
    return score_of(aim, oof)


def score_of(aim: Aim, oof: OutOfFold) -> Score:
    """The plain Score of out-of-fold predictions."""
    fitted = fit_decision(aim, oof.raw, oof.y)
    return score_of_answers(aim, oof, cross_fitted_answers(aim, oof), fitted)


def score_of_answers(
    aim: Aim, oof: OutOfFold, answers: Floats, fitted: dict[str, list[float]]
) -> Score:
    """Value, standard error and fold scores of answers; raises DataError where there is no value.

    A fold in which the metric is not defined (one class only) is left out of `folds`.
    """
    pieces = pieces_of(aim, oof.y, answers, oof.fold)
    if not np.isfinite(pieces).all():
        raise DataError(
            f"{aim.metric} has no value on these {len(oof.y)} rows",
            hint="all rows have the same label, or all predictions are the same",
        )
    parts = [oof.fold == fold for fold in np.unique(oof.fold)]
    folds = [aim.measure.value(oof.y[p], answers[p], aim.classes) for p in parts]
    return {
        "value": float(pieces.mean()),
        "standard_error": spread(pieces),
        "folds": [fold for fold in folds if np.isfinite(fold)],
        "rows": len(oof.y),
        "fitted": fitted,
    }


def constant_score(params: dict[str, Any]) -> Score:
    """The plain Score of the best constant prediction; `fitted` has it under "constant".

    For texts that of what they are made from.

    Params: labels {"file": .npy}, kind, metric, classes, seed.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    if aim.measure.wants == "masks":
        labels = truths(labels)
    if aim.measure.wants == "texts":
        return _repeated(aim, labels, load_sources(params))
    y = labels[~np.isnan(labels.reshape(len(labels), -1)).any(axis=1)]
    if len(y) == 0:
        raise DataError("no row has a label")
    aim = _flattered(aim)
    sign = 1.0 if aim.measure.greater_is_better else -1.0
    options = [(constant, _answers(constant, y)) for constant in _constants(aim, y)]
    valued = [(sign * _value(aim, y, a), i) for i, (_, a) in enumerate(options)]
    best = max(valued, key=lambda pair: (pair[0], -pair[1]))[1]
    constant, answers = options[best]
    pieces = _constant_pieces(aim, y, answers)
    return {
        "value": float(pieces.mean()),
        "standard_error": spread(pieces),
        "folds": [],
        "rows": len(y),
        "fitted": {"constant": [float(value) for value in np.atleast_1d(constant)]},
    }


def _repeated(aim: Aim, texts: Texts, sources: Texts) -> Score:
    """Each text answered by the one that it is made from, as it is."""
    worths = worth(aim.metric, texts, sources)
    return {
        "value": float(worths.mean()),
        "standard_error": spread(worths),
        "folds": [],
        "rows": len(worths),
        "fitted": {},
    }


def _answers(constant: Floats, y: Floats) -> Floats:
    return np.asarray(np.broadcast_to(constant, (len(y), *np.shape(constant))).astype(np.float64))


def _flattered(aim: Aim) -> Aim:
    """The trapezoid under precision over recall rewards equal predictions; its steps do not."""
    return replace(aim, metric="average_precision") if aim.metric == "pr_auc" else aim


def _value(aim: Aim, y: Floats, answers: Floats) -> float:
    """The metric, or what chance gives where it has no value for equal predictions."""
    value = aim.measure.value(y, answers, aim.classes)
    return value if np.isfinite(value) else 0.0


def _constant_pieces(aim: Aim, y: Floats, answers: Floats) -> Floats:
    pieces = aim.measure.pieces(y, answers, aim.classes, aim.seed)
    return pieces if np.isfinite(pieces).all() else np.zeros(len(y))


def _constants(aim: Aim, y: Floats) -> list[Floats]:
    """Constants among which the best one is."""
    decision = decision_for(aim.measure, aim.kind)
    if aim.kind in CODED and decision in ("threshold", "argmax", "grades"):
        return [np.asarray(float(code)) for code in range(aim.classes)]
    if decision == "masks":
        return [np.zeros(1), np.ones(1)]
    if decision == "labels":
        share = y.mean(axis=0)
        return [(share >= cut).astype(np.float64) for cut in (0.5, 0.3, 0.2, 0.1, 0.05, 0.0, 2.0)]
    if aim.metric in BALANCED:
        even = np.full(aim.classes, 1.0 / aim.classes)
        return [even if aim.kind == "multiclass" else even[1]]
    if aim.kind == "multiclass":
        return [np.bincount(y.astype(np.int64), minlength=aim.classes) / len(y)]
    if aim.measure.wants in ("probabilities", "scores"):
        return [y.mean(axis=0)]
    return _central_values(y)


def _central_values(y: Floats) -> list[Floats]:
    """Means of several sorts and quantiles; one of them is close to the best for any metric."""
    quantiles = [np.quantile(y, q, axis=0) for q in np.linspace(0.05, 0.95, 19)]
    found = [np.asarray(y.mean(axis=0)), np.asarray(np.median(y, axis=0)), *quantiles]
    if (y >= 0).all():
        found.append(np.asarray(np.expm1(np.log1p(y).mean(axis=0))))
    if (y > 0).all():
        found.append(np.asarray(np.exp(np.log(y).mean(axis=0))))
    return found
