"""Logistic regression on the shades around each pixel, near and far, and on its place.

View: pixels
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from workspace_templates.networks.pixel_surroundings import surroundings
from workspace_templates.networks.whole_pictures import some_pixels, whole_pictures

MOST_PIXELS = 100_000


@dataclass
class Model:
    """The fitted scale and weights of what lies around a pixel."""

    estimator: Pipeline


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Model:
    """Learn from a random part of each picture's pixels."""
    # [M:masks_linear] Weights for what lies around a pixel, near and far
    estimator = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=300))
    # [T:masks_linear] Minimise log loss with an L2 penalty
    return Model(estimator.fit(*some_pixels(X, y, surroundings, MOST_PIXELS, seed)))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the probability of each pixel, picture by picture."""
    parts = [model.estimator.predict_proba(surroundings(s))[:, 1] for _, s in whole_pictures(X)]
    return np.concatenate(parts) if parts else np.empty(0)
