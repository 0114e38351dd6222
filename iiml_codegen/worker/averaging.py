"""The plain mean of the best members; how many they are is chosen on rows they did not rank.

Parameters: {"members": their places}; the template `blend_average.py` gets only those members.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .calibration import Parameters
from .cross_fitting import Objective
from .metrics_labels import Floats


def average_path(gain: Objective, raws: Sequence[Floats], y: Floats) -> list[Parameters]:
    """The best member, the best two, and so on to all of them."""
    order = np.argsort([-gain(raw, y) for raw in raws], kind="stable")
    return [{"members": order[:count].tolist()} for count in range(1, len(order) + 1)]


def apply_average(raws: Sequence[Floats], parameters: Parameters) -> Floats:
    """The mean of the chosen members; of all where none are named."""
    places = [int(place) for place in parameters.get("members", range(len(raws)))]
    return np.asarray(np.mean([raws[place] for place in places], axis=0))
