"""Metrics on masks: a row is a picture, and its columns are its pixels.

`y` has 1 in the mask, 0 beside it and `BEYOND` where a picture smaller than the largest has no
pixel; answers above a half are in the mask. Each gives a number per picture.
"""

from __future__ import annotations

import numpy as np

from .metrics_labels import Floats, ratio
from .metrics_probabilities import RowFunction

BEYOND = -1.0
IOUS: Floats = np.round(np.arange(0.5, 1.0, 0.05), 2)
"""Thresholds that the overlap of a mask has to exceed."""


def overlap(y: Floats, answers: Floats) -> tuple[Floats, Floats, Floats]:
    """Pixels of each picture that are in the true mask, in the answered one, and in both."""
    truth = y == 1
    said = (np.broadcast_to(answers, y.shape) > 0.5) & (y != BEYOND)
    counted = (truth.sum(axis=1), said.sum(axis=1), (truth & said).sum(axis=1))
    in_truth, in_answer, in_both = (count.astype(np.float64) for count in counted)
    return in_truth, in_answer, in_both


def mean_dice(y: Floats, answers: Floats) -> Floats:
    """Twice what both masks share over what they have; 1 where neither has any."""
    truth, said, both = overlap(y, answers)
    return np.asarray(np.where(truth + said == 0, 1.0, ratio(2 * both, truth + said)))


def mean_iou(y: Floats, answers: Floats) -> Floats:
    """What both masks share over what either has; 1 where neither has any."""
    truth, said, both = overlap(y, answers)
    either = truth + said - both
    return np.asarray(np.where(either == 0, 1.0, ratio(both, either)))


def precision_at_ious(y: Floats, answers: Floats) -> Floats:
    """The share of thresholds that the overlap exceeds: one mask a picture is right or wrong."""
    return np.asarray((mean_iou(y, answers)[:, None] > IOUS).mean(axis=1))


MASK_ROWS: dict[str, RowFunction] = {
    "mean_dice": mean_dice,
    "mean_iou": mean_iou,
    "precision_at_ious": precision_at_ious,
}
