"""Extremely randomised trees for two or more classes: many random splits, averaged.

View: design
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

CLASSES = 2
TREES = 200
PARAMS: dict[str, Any] = {"min_samples_leaf": 4, "max_features": 0.5}


@dataclass
class Model:
    """A fitted forest; the number of trees is a setting, so no rounds are found."""

    estimator: ExtraTreesClassifier
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> Model:
    """Grow a forest on all rows."""
    # [M:extratrees] Forest whose cut points are drawn at random
    estimator = ExtraTreesClassifier(TREES, random_state=seed, n_jobs=threads, **PARAMS)
    # [T:extratrees] Grow each tree on all rows until its leaves are small
    return Model(estimator.fit(X, y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.estimator.classes_] = model.estimator.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
