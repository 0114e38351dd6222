"""The decision where the raw predictions are the answers."""

import numpy as np


def decide(raw: np.ndarray) -> np.ndarray:
    """Answer with the predictions as they are."""
    return raw
