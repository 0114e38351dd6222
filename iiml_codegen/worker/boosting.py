"""Boosting over members: forward stagewise additive modelling on out-of-fold predictions.

Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 10.2; Friedman 2001. The
model starts from a constant. Each stage finds the member whose evidence (log-odds of yes,
log-probabilities of classes, values) takes most off the loss, and adds a part of the best step.
How many stages are made is chosen on rows that they were not fitted on.

Parameters as `workspace_templates/ensembles/blend_boost.py` takes them: {"slopes" (yes or no),
"coefficients" (classes), "weights" (numbers) or "exponents" (numbers scored by their logarithm):
one per member, "intercepts": one per target or class}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .calibration import Parameters, sigmoid, softmax
from .links import from_scores, link_name, scores_of
from .metrics_labels import Floats
from .predictions import Aim

RATE = 0.3
"""Part of the best step that a stage takes."""
STAGES = (3, 6, 10, 16, 25, 40, 60)
"""Numbers of stages among which one is chosen."""
CELLS = 10_000_000
ROWS = 16000
"""Rows, and rows times members times targets, that stages are fitted on at most."""


@dataclass(frozen=True)
class Slopes:
    """Of each member: how the gain rises along its evidence, and how fast that bends away."""

    rise: Floats
    bend: Floats


def boost_path(aim: Aim, raws: Sequence[Floats], y: Floats) -> list[Parameters]:
    """The additive model after each number of `STAGES`, on at most `ROWS` rows."""
    link = link_name(aim)
    width = len(raws) * (raws[0].shape[1] if raws[0].ndim > 1 else 1)
    chosen = np.random.default_rng(aim.seed).permutation(len(y))
    chosen = chosen[: min(ROWS, max(1, CELLS // width))]
    evidence = np.stack([scores_of(raw[chosen], link) for raw in raws])
    middle = evidence.mean(axis=1)
    evidence = evidence - middle[:, None]
    truth = targets_of(y[chosen], link, evidence.shape[2])
    constant = start(truth, link)
    total = np.tile(constant, (len(truth), 1))
    weights, found = np.zeros(len(raws)), []
    for stage in range(1, STAGES[-1] + 1):
        residual, spread = gradient(truth, total, link)
        slopes = along(evidence, residual, spread, total, link)
        best = int(np.argmax(slopes.rise**2 / slopes.bend))
        step = RATE * slopes.rise[best] / slopes.bend[best]
        weights[best] += step
        lift = RATE * residual.sum(axis=0) / np.maximum(spread.sum(axis=0), 1e-9)
        constant = constant + lift
        total = total + step * evidence[best] + lift
        if stage in STAGES:
            found.append(parameters(link, weights, constant - weights @ middle))
    return found


def parameters(link: str, weights: Floats, intercepts: Floats) -> Parameters:
    """The model as flat lists."""
    return {
        link: [round(float(weight), 6) for weight in weights],
        "intercepts": [round(float(intercept), 6) for intercept in intercepts],
    }


def targets_of(y: Floats, link: str, width: int) -> Floats:
    """Labels (n, T) in the form of the scores: classes one-hot, logarithms where they count."""
    if link == "coefficients":
        return np.asarray(np.eye(width)[y.astype(np.int64)])
    columns = y.reshape(len(y), -1)
    return np.log1p(np.maximum(columns, 0.0)) if link == "exponents" else columns


def start(truth: Floats, link: str) -> Floats:
    """The constant that is best alone, as scores (T,)."""
    mean = truth.mean(axis=0)
    if link == "slopes":
        share = np.clip(mean, 1e-6, 1.0 - 1e-6)
        return np.asarray(np.log(share / (1.0 - share)))
    return np.asarray(np.log(np.maximum(mean, 1e-6))) if link == "coefficients" else mean


def gradient(truth: Floats, total: Floats, link: str) -> tuple[Floats, Floats]:
    """Of the loss at `total`, turned downhill, and its second derivative by score; both (n, T)."""
    if link == "slopes":
        p = sigmoid(total)
        return truth - p, p * (1.0 - p)
    if link == "coefficients":
        p = softmax(total)
        return truth - p, p * (1.0 - p)
    size = np.maximum(truth.var(axis=0), 1e-12)
    return (truth - total) / size, np.broadcast_to(1.0 / size, truth.shape)


def along(evidence: Floats, residual: Floats, spread: Floats, total: Floats, link: str) -> Slopes:
    """Rise and bend along each member's evidence (members, n, T)."""
    rise = np.einsum("mnt,nt->m", evidence, residual)
    bend = np.einsum("mnt,mnt,nt->m", evidence, evidence, spread)
    if link == "coefficients":
        p = softmax(total)
        moved = np.einsum("mnt,nt->mn", evidence, p)
        bend = np.einsum("mnt,mnt,nt->m", evidence, evidence, p) - (moved**2).sum(axis=1)
    return Slopes(rise, np.maximum(bend, 1e-9))


def apply_boost(raws: Sequence[Floats], found: Parameters) -> Floats:
    """Boosted predictions in the shape of one member's."""
    link = next(name for name in found if name != "intercepts")
    scored = [scores_of(raw, link) for raw in raws]
    total = np.asarray(found["intercepts"]) + sum(
        weight * scores for weight, scores in zip(found[link], scored, strict=True)
    )
    return from_scores(total, link).reshape(raws[0].shape)
