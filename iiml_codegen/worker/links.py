"""Where members' predictions are added up: on log-odds, log-probabilities, values or logarithms.

A link is named by the parameter that holds its weights in the templates: "slopes" (yes or no),
"coefficients" (classes), "weights" (numbers), "exponents" (numbers scored by their logarithm).
"""

from __future__ import annotations

import numpy as np

from .calibration import SMALLEST, log_odds, sigmoid, softmax
from .class_shares import BALANCED, even_chances
from .metrics_labels import Floats
from .metrics_probabilities import balanced_log_loss, log_loss
from .predictions import Aim

NUMBERS = frozenset({"regression", "multi_regression"})
LOGARITHMIC = frozenset({"rmsle", "mean_column_rmsle", "rmse_of_logs"})
SQUARED = frozenset(
    {"rmse", "mse", "mean_column_rmse", "r2", "explained_variance", "pearson", "spearman"}
)
"""Metrics on numbers that least squares serve."""


def has_link(aim: Aim) -> bool:
    """Whether log loss or least squares, perhaps of logarithms, serve the metric."""
    return aim.kind not in NUMBERS or aim.metric in SQUARED | LOGARITHMIC


def link_name(aim: Aim) -> str:
    """The link of a task kind and metric."""
    if aim.kind == "multiclass":
        return "coefficients"
    if aim.kind in ("binary", "multilabel"):
        return "slopes"
    return "exponents" if aim.metric in LOGARITHMIC else "weights"


def scores_of(raw: Floats, link: str) -> Floats:
    """Predictions as scores (n, T) that may be added up."""
    raw = raw.reshape(len(raw), -1)
    if link == "coefficients":
        return np.log(np.clip(raw, SMALLEST, 1.0))
    if link == "slopes":
        return log_odds(raw)
    return np.log1p(np.maximum(raw, 0.0)) if link == "exponents" else raw


def from_scores(scores: Floats, link: str) -> Floats:
    """Predictions (n, T) from summed scores."""
    if link == "coefficients":
        return softmax(scores)
    if link == "slopes":
        return sigmoid(scores)
    return np.expm1(np.maximum(scores, 0.0)) if link == "exponents" else scores


def link_gain(aim: Aim, raw: Floats, y: Floats) -> float:
    """What is best of regressions on this link: minus log loss or mean squared error.

    Regressions minimise the log loss also where classes count the same: they learn more from the
    same rows than weighted ones. How far they go is told by the metric.
    """
    if aim.metric in BALANCED:
        return -float(balanced_log_loss(y, even_chances(raw, y, aim.classes)).mean())
    if aim.kind in ("binary", "multiclass", "multilabel"):
        return -float(log_loss(y, raw).mean())
    if link_name(aim) == "exponents":
        raw, y = np.log1p(np.maximum(raw, 0.0)), np.log1p(np.maximum(y, 0.0))
    return -float(((raw - y) ** 2).mean())
