"""Fitting a way to combine without the rows that it is then judged on.

A way is fitted as a path: parameters from the simplest to the most flexible (penalties, stages,
how many members). Which of them is taken is decided by rows that it was not fitted on, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .calibration import Parameters
from .metrics_labels import Floats
from .predictions import Ints

Apply = Callable[[Sequence[Floats], Parameters], Floats]
Path = Callable[[Sequence[Floats], Floats], list[Parameters]]
Objective = Callable[[Floats, Floats], float]
"""What is maximised: raw predictions and labels in, a number out."""


@dataclass(frozen=True)
class CrossFit:
    """Parameters for each part, which never saw it, and the place on the path for all rows."""

    fitted: dict[int, Parameters]
    place: int


def cross_fitted(
    path: Path, apply: Apply, gain: Objective, raws: Sequence[Floats], y: Floats, parts: Ints
) -> CrossFit:
    """Fit a path for each part on the others; paths of one request have one length.

    A part's place on its path is the one with the greatest gain on the other parts.
    """
    numbers = [int(part) for part in np.unique(parts)]
    paths, gains, sizes = {}, [], []
    for part in numbers:
        here = parts == part
        paths[part] = path([raw[~here] for raw in raws], y[~here])
        held = [raw[here] for raw in raws]
        gains.append([gain(apply(held, parameters), y[here]) for parameters in paths[part]])
        sizes.append(int(here.sum()))
    gained, rows = np.asarray(gains), np.asarray(sizes, dtype=np.float64)
    fitted = {}
    for place, part in enumerate(numbers):
        others = np.where(np.arange(len(numbers)) == place, 0.0, rows)
        fitted[part] = paths[part][int(np.argmax(others @ gained))]
    return CrossFit(fitted, int(np.argmax(rows @ gained)))
