"""Extremely randomised trees for one or more numbers: many random splits, averaged.

View: design
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

LOG_TARGET = False
SKIPS_ZEROS = False
TREES = 100
PARAMS: dict[str, Any] = {"min_samples_leaf": 5, "max_features": 0.5}


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> ExtraTreesRegressor:
    """Grow a forest on all rows; several targets share their trees."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
    # [M:extratrees] Forest whose cut points are drawn at random
    estimator = ExtraTreesRegressor(TREES, random_state=seed, n_jobs=threads, **PARAMS)
    # [T:extratrees] Grow each tree on all rows until its leaves are small
    return estimator.fit(X, np.log1p(y) if LOG_TARGET else y)


def predict(model: ExtraTreesRegressor, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.asarray(model.predict(X))
    return np.expm1(raw) if LOG_TARGET else raw
