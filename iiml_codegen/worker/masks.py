"""Pixels put back into pictures, for scoring by metrics on masks.

Generated code answers pixel by pixel, and such a metric counts pictures: a row becomes a picture,
and its columns are its pixels line by line, as many as the largest picture has.
"""

from __future__ import annotations

import numpy as np

from .metrics_labels import Floats
from .metrics_masks import BEYOND


def laid_out(values: Floats, pictures: Floats, beyond: float) -> Floats:
    """One row for each picture, whose pixels stand together; `beyond` where it has no more."""
    starts = np.flatnonzero(np.diff(pictures, prepend=-1.0))
    counts = np.diff(np.append(starts, len(pictures)))
    if (counts == counts[:1]).all():
        return values.reshape(len(counts), -1)
    table = np.full((len(starts), counts.max()), beyond)
    place = np.arange(len(values)) - np.repeat(starts, counts)
    table[np.repeat(np.arange(len(starts)), counts), place] = values
    return table


def truths(labels: Floats) -> Floats:
    """The true masks of whole pictures from pixels (truth, picture); NaN where not known."""
    return laid_out(labels[:, 0], labels[:, 1], BEYOND)


def guesses(raw: Floats, labels: Floats) -> Floats:
    """Raw predictions of the same pixels, picture by picture."""
    return laid_out(raw, labels[:, 1], 0.0)
