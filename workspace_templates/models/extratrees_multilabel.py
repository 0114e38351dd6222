"""Extremely randomised trees for several labels at once: one forest, one output per label.

View: design
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

TREES = 150
PARAMS: dict[str, Any] = {"min_samples_leaf": 4, "max_features": 0.3}


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> ExtraTreesRegressor:
    """Grow a forest on all rows; all labels share its trees."""
    # [M:extratrees] Forest that averages the 0/1 labels of each leaf
    estimator = ExtraTreesRegressor(TREES, random_state=seed, n_jobs=threads, **PARAMS)
    # [T:extratrees] Squared error on 0/1 labels: the mean of a leaf is a probability
    return estimator.fit(X, y)


def predict(model: ExtraTreesRegressor, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column."""
    return np.asarray(model.predict(X))
