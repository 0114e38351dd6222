"""Ridge regression on the shades around each pixel, its background taken off.

View: pixels
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import ndimage
from sklearn.linear_model import Ridge

from workspace_templates.networks.whole_pictures import some_pixels, whole_pictures

REACH = 2
BACKGROUND = 21
MOST_PIXELS = 400_000


@dataclass
class Model:
    """The fitted weights of the neighbourhood."""

    estimator: Ridge


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Model:
    """Learn from a random part of each picture's pixels."""
    # [M:pixels_linear] Weights for the shades around a pixel, with and without the background
    # [T:pixels_linear] Minimise squared error with an L2 penalty
    return Model(Ridge(alpha=1.0).fit(*some_pixels(X, y, neighbourhoods, MOST_PIXELS, seed)))


def neighbourhoods(shades: np.ndarray) -> np.ndarray:
    """Give the shades within reach of each pixel, and what they are beside the background."""
    side = 2 * REACH + 1
    high, broad = shades.shape
    framed = np.pad(shades, REACH, mode="edge")
    around = [framed[r : r + high, c : c + broad] for r in range(side) for c in range(side)]
    background = ndimage.median_filter(shades, size=BACKGROUND, mode="nearest")
    darker = shades - background
    told = [background, darker, np.abs(darker), darker**2, background**2, background * shades]
    return np.stack([*around, *told], axis=-1).reshape(high * broad, -1).astype("float64")


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the answer of each pixel, picture by picture."""
    parts = [model.estimator.predict(neighbourhoods(shades)) for _, shades in whole_pictures(X)]
    return np.concatenate(parts) if parts else np.empty(0)
