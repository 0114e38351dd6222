"""Extremely randomised trees for two or more classes: many random splits, averaged.

View: design
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

CLASSES = 2
TREES = 200
PARAMS: dict[str, Any] = {"min_samples_leaf": 4, "max_features": 0.5}


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> ExtraTreesClassifier:
    """Grow a forest on all rows."""
    # [M:extratrees] Forest whose cut points are drawn at random
    estimator = ExtraTreesClassifier(TREES, random_state=seed, n_jobs=threads, **PARAMS)
    # [T:extratrees] Grow each tree on all rows until its leaves are small
    return estimator.fit(X, y)


def predict(model: ExtraTreesClassifier, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.classes_] = model.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
