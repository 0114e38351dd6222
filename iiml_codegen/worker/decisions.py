"""The step from raw predictions to answers: fitted here, applied here and by generated code.

`apply_decision` does what `workspace_templates/models/decide_<decision>.py` does; a test compares
them. Fitted values are lists of floats: {"threshold"}, {"thresholds"}, {"weights"}, {"shares"},
{"low", "high", "whole"}, {"threshold", "least"}. An empty answer means the template's defaults.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .class_shares import BALANCED, EVEN, class_shares, without_shares
from .decision_search import (
    fit_grades,
    fit_label_thresholds,
    fit_threshold,
    fit_weights,
    plain_weights,
)
from .mask_decision import apply_masks, fit_masks
from .metrics import Measure
from .metrics_labels import Floats
from .pairing import p_better
from .predictions import Aim, Ints, OutOfFold, random_parts

Fitted = dict[str, list[float]]
CLEAR = 0.75
"""P(better) on withheld rows from which a tuned decision replaces the default one."""
NEVER_ZERO = 0.01
"""Share of the mean below which no answer goes where a zero that is none costs without end."""
LIMIT_SHARE = 0.005
"""Share of rows with the lowest or highest value from which that is a limit, not a record."""
BEYOND = 0.5
"""How far answers may go beyond a record, as a share of the target's range."""

LABEL_DECISIONS: dict[str, str] = {
    "binary": "threshold",
    "multiclass": "argmax",
    "multilabel": "labels",
    "ordinal": "grades",
    "regression": "clip",
    "multi_regression": "clip",
}


def decision_for(measure: Measure, kind: str) -> str:
    """The decision step between raw predictions of `kind` and answers that a metric wants."""
    if measure.wants == "labels" or kind in ("regression", "multi_regression"):
        return LABEL_DECISIONS[kind]
    if measure.wants == "masks":
        return "masks"
    if measure.wants == "texts":
        return "texts"
    if measure.name in BALANCED:
        return "shares"
    return "clip" if measure.wants == "values" else "none"


def apply_decision(aim: Aim, raw: Floats, fitted: Fitted) -> Floats:
    """Answers from raw predictions; class codes come as floats."""
    decision = decision_for(aim.measure, aim.kind)
    if decision == "masks":
        return apply_masks(raw, fitted)
    if decision == "threshold":
        return (raw >= fitted.get("threshold", [0.5])[0]).astype(np.float64)
    if decision == "argmax":
        weighed = raw * np.asarray(fitted.get("weights", [1.0]))
        return np.asarray(weighed.argmax(axis=1).astype(np.float64))
    if decision == "labels":
        return (raw >= np.asarray(fitted["thresholds"])).astype(np.float64)
    if decision == "grades":
        cuts = np.sort(np.asarray(fitted["thresholds"]))
        return np.searchsorted(cuts, raw, side="right").astype(np.float64)
    if decision == "shares":
        return without_shares(raw, np.asarray(fitted["shares"]))
    if decision == "clip":
        clipped = np.clip(raw, fitted["low"][0], fitted["high"][0])
        return np.asarray(np.rint(clipped) if fitted.get("whole", [0.0])[0] else clipped)
    return raw


def fit_decision(aim: Aim, raw: Floats, y: Floats, *, careful: bool = True) -> Fitted:
    """Parameters of the decision that score best on these rows.

    A threshold or a weight that differs from the default is kept only if it wins clearly when
    fitted on some of the rows and tried on the others (on few rows a tuned threshold overfits);
    `careful=False` leaves that check out.
    """
    decision = decision_for(aim.measure, aim.kind)
    if decision == "grades":
        return fit_grades(aim, raw, y)
    if decision == "clip":
        return _fit_clip(aim, raw, y)
    if decision == "shares":
        return {"shares": class_shares(y, aim.classes)}
    if decision in ("none", "texts"):
        return {}
    tuned, default = TUNED[decision](aim, raw, y), default_decision(aim, raw, y)
    if careful and tuned != default and not _wins(aim, TUNED[decision], default, raw, y):
        return default
    return tuned


TUNED: dict[str, Callable[[Aim, Floats, Floats], Fitted]] = {
    "threshold": fit_threshold,
    "argmax": fit_weights,
    "labels": fit_label_thresholds,
    "masks": fit_masks,
}


def default_decision(aim: Aim, raw: Floats, y: Floats) -> Fitted:
    """The decision that nothing was searched for: a half, or the likeliest class.

    Where each class counts the same, probabilities count by how much they exceed its share.
    """
    if aim.measure.wants == "masks":
        return {"threshold": [0.5], "least": [0.0]}
    if aim.kind == "multilabel":
        return {"thresholds": [0.5] * raw.shape[1]}
    if aim.kind == "binary":
        return {"threshold": [class_shares(y, 2)[1] if aim.metric in EVEN else 0.5]}
    return plain_weights(aim, y)


def _wins(
    aim: Aim,
    fit: Callable[[Aim, Floats, Floats], Fitted],
    default: Fitted,
    raw: Floats,
    y: Floats,
) -> bool:
    """Does the fitted decision beat the default on rows that it was not fitted on?"""
    parts = random_parts(len(y), aim.seed)
    tuned = _cross_fitted(lambda r, t: fit(aim, r, t), aim, raw, y, parts)
    return p_better(aim, y, tuned, apply_decision(aim, raw, default)) >= CLEAR


def _fit_clip(aim: Aim, raw: Floats, y: Floats) -> Fitted:
    """Where answers can lie; whole numbers if the target has only those and rounding pays."""
    low = lowest(y)
    if aim.metric.endswith("_deviance"):
        low = max(low, NEVER_ZERO * float(y.mean()))
    fitted = {"low": [low], "high": [-lowest(-y)]}
    if not np.array_equal(y, np.rint(y)):
        return fitted
    whole = {**fitted, "whole": [1.0]}
    rounded, plain = apply_decision(aim, raw, whole), apply_decision(aim, raw, fitted)
    return whole if p_better(aim, y, rounded, plain) >= CLEAR else fitted


def lowest(y: Floats) -> float:
    """How low answers may go: to a limit that many rows share, else somewhat below the record.

    What is never negative stays so, and what is never zero above it.
    """
    low = float(y.min())
    if (y == low).mean() >= LIMIT_SHARE:
        return low
    reach = low - BEYOND * float(np.ptp(y))
    return float(f"{max(reach, low / 2) if low >= 0 else reach:.4g}")


def _cross_fitted(
    fit: Callable[[Floats, Floats], Fitted], aim: Aim, raw: Floats, y: Floats, parts: Ints
) -> Floats:
    """Answers whose decision was fitted on the rows of the other parts."""
    pieces: list[tuple[Ints, Floats]] = []
    for part in np.unique(parts):
        here = parts == part
        fitted = fit(raw[~here], y[~here])
        pieces.append((np.flatnonzero(here), apply_decision(aim, raw[here], fitted)))
    order = np.concatenate([rows for rows, _ in pieces])
    answers = np.concatenate([values for _, values in pieces])
    return answers[np.argsort(order, kind="stable")]


def cross_fitted_answers(aim: Aim, oof: OutOfFold) -> Floats:
    """Answers for out-of-fold rows; each fold's decision was fitted on the other folds."""
    if decision_for(aim.measure, aim.kind) == "none":
        return oof.raw
    parts = oof.parts(aim.seed)
    return _cross_fitted(lambda r, t: fit_decision(aim, r, t), aim, oof.raw, oof.y, parts)
