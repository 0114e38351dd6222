"""How probabilities of pixels are cut into masks: from where on, and how small a mask is none.

Rows are pictures (`masks`). A picture whose mask would have fewer pixels than `least` gets none: a
few stray pixels cost it all where the true mask is empty.
"""

from __future__ import annotations

import numpy as np

from .metrics_labels import Floats
from .metrics_masks import BEYOND
from .predictions import Aim

CUTS: Floats = np.round(np.arange(0.2, 0.81, 0.05), 2)
SIZES = 20
"""Sizes tried, at quantiles of the sizes that masks have."""
LARGEST = 0.6
"""No larger share of the masks is made empty."""
PICTURES = 1000
"""Pictures on which the cut is searched at most."""
Fitted = dict[str, list[float]]


def fit_masks(aim: Aim, raw: Floats, y: Floats) -> Fitted:
    """The threshold and the least size of a mask that score best."""
    chosen = np.random.default_rng(aim.seed).permutation(len(y))[:PICTURES]
    raw, y = raw[chosen], y[chosen]
    none = aim.measure.pieces(y, np.zeros((len(y), 1)))
    best, fitted = -np.inf, {"threshold": [0.5], "least": [0.0]}
    for cut in CUTS:
        masks = (raw >= cut) & (y != BEYOND)
        scores, sizes = aim.measure.pieces(y, masks.astype(np.float64)), masks.sum(axis=1)
        for least in least_sizes(sizes.astype(np.float64)):
            value = float(np.where(sizes < least, none, scores).mean())
            if value > best + 1e-12:
                best, fitted = value, {"threshold": [float(cut)], "least": [float(least)]}
    return fitted


def least_sizes(sizes: Floats) -> Floats:
    """Sizes below which a mask may be none: 0, and some that masks have."""
    had = sizes[sizes > 0]
    if not len(had):
        return np.zeros(1)
    shares = np.linspace(0.0, LARGEST, SIZES)
    return np.union1d(0.0, np.quantile(had, shares, method="higher"))


def apply_masks(raw: Floats, fitted: Fitted) -> Floats:
    """1 in the mask of each picture, else 0."""
    masks = raw >= fitted.get("threshold", [0.5])[0]
    small = masks.sum(axis=1) < fitted.get("least", [0.0])[0]
    masks[small] = False
    return masks.astype(np.float64)
