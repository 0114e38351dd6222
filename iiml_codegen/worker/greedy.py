"""Greedy ensemble selection with replacement (Caruana et al. 2004).

Parameters: {"weights": one per member, "temperatures" or "scales" and "offsets"}, as
`workspace_templates/ensembles/blend_greedy.py` takes them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .calibration import Parameters, calibrate, fit_calibration
from .class_shares import BALANCED, even_chances
from .cross_fitting import Objective
from .metrics_labels import Floats
from .metrics_probabilities import log_loss
from .predictions import Aim

STEPS = 25
PATIENCE = 4
"""Steps without a gain after which the selection ends."""
ROWS = 5000
"""Rows that members are selected on at most."""
AREAS = frozenset({"roc_auc", "mean_column_roc_auc", "roc_auc_ovr", "gini"})


def fit_greedy(aim: Aim, raws: Sequence[Floats], y: Floats) -> Parameters:
    """Calibrate members, then add the one that helps most, again and again."""
    calibration = fit_calibration(aim.kind, raws, y, aim.seed)
    chosen = np.random.default_rng(aim.seed).permutation(len(y))[:ROWS]
    members = [member[chosen] for member in calibrate(raws, calibration)]
    counts = _select(objective(aim), members, y[chosen])
    return {"weights": [round(float(w), 6) for w in counts / counts.sum()], **calibration}


def apply_greedy(raws: Sequence[Floats], parameters: Parameters) -> Floats:
    """The weighted mean of calibrated members."""
    pairs = zip(parameters["weights"], calibrate(raws, parameters), strict=True)
    return np.asarray(sum(weight * member for weight, member in pairs))


def without_unused(parameters: Parameters, members: int) -> tuple[list[int], Parameters]:
    """The places of members with a weight, and the parameters of these alone.

    All lists go member by member, the first one holds weights; only intercepts belong to none.
    One member stays.
    """
    weights = np.reshape(next(iter(parameters.values())), (members, -1))
    used = [i for i, own in enumerate(weights) if own.any()] or [0]
    cut = {
        name: [float(v) for v in np.reshape(values, (members, -1))[used].ravel()]
        for name, values in parameters.items()
        if name != "intercepts"
    }
    return used, {name: cut.get(name, values) for name, values in parameters.items()}


def _select(gain: Objective, members: Sequence[Floats], y: Floats) -> Floats:
    """How often each member was taken, at the best step."""
    counts = np.zeros(len(members))
    total = np.zeros_like(members[0])
    best, best_counts, waited = -np.inf, counts, 0
    for step in range(1, STEPS + 1):
        gains = [gain((total + member) / step, y) for member in members]
        winner = int(np.argmax(gains))
        counts[winner] += 1
        total = total + members[winner]
        waited += 1
        if gains[winner] > best + 1e-9:
            best, best_counts, waited = gains[winner], counts.copy(), 0
        if waited >= PATIENCE:
            break
    return best_counts


def objective(aim: Aim) -> Objective:
    """What selection maximises, cheap enough to be asked a thousand times.

    The metric itself where it wants probabilities, scores or values. Label metrics of
    probabilities are too coarse on few rows: there the log loss, of which the best threshold
    makes the best labels. Grades are cut to have the shares that they have in truth, and where
    each class counts the same the shares of the classes are taken out. Masks are cut at a half.
    """
    metric = aim.measure
    if metric.name in AREAS:
        return quick_auc
    if metric.wants == "masks":
        return lambda raw, y: _gain(aim, y, (raw >= 0.5).astype(np.float64))
    if metric.wants == "labels":
        if aim.kind == "ordinal":
            return lambda raw, y: _gain(aim, y, by_share(raw, y, aim.classes))
        return lambda raw, y: -float(log_loss(y, raw).mean())
    if metric.name in BALANCED:
        return lambda raw, y: _gain(aim, y, even_chances(raw, y, aim.classes))
    return lambda raw, y: _gain(aim, y, raw)


def _gain(aim: Aim, y: Floats, answers: Floats) -> float:
    value = aim.measure.value(y, answers, aim.classes)
    return value if aim.measure.greater_is_better else -value


def by_share(raw: Floats, y: Floats, classes: int) -> Floats:
    """Grades in the order of `raw`, each as often as in `y`."""
    ends = np.cumsum(np.bincount(y.astype(np.int64), minlength=classes))
    answers = np.empty(len(raw))
    answers[np.argsort(raw, kind="stable")] = np.searchsorted(
        ends, np.arange(len(raw)), side="right"
    )
    return answers


def quick_auc(raw: Floats, y: Floats) -> float:
    """Area under the ROC curve (mean over columns or classes), with ties as they come."""
    if raw.ndim == 1:
        return _one_auc(raw, y == 1)
    codes = range(raw.shape[1])
    truths = [(y == k) if y.ndim == 1 else (y[:, k] == 1) for k in codes]
    return float(np.mean([_one_auc(raw[:, k], t) for k, t in zip(codes, truths, strict=True)]))


def _one_auc(raw: Floats, positive: np.ndarray) -> float:
    places = np.flatnonzero(positive[np.argsort(raw)])
    ones, zeros = len(places), len(raw) - len(places)
    if ones == 0 or zeros == 0:
        return 0.5
    return float(places.sum() - ones * (ones - 1) / 2.0) / (ones * zeros)
