"""Extremely randomised trees for one or more numbers: many random splits, averaged.

View: design
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

LOG_TARGET = False
TREES = 100
PARAMS: dict[str, Any] = {"min_samples_leaf": 5, "max_features": 0.5}


@dataclass
class Model:
    """A fitted forest; the number of trees is a setting, so no rounds are found."""

    estimator: ExtraTreesRegressor
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> Model:
    """Grow a forest on all rows; several targets share their trees."""
    # [M:extratrees] Forest whose cut points are drawn at random
    estimator = ExtraTreesRegressor(TREES, random_state=seed, n_jobs=threads, **PARAMS)
    # [T:extratrees] Grow each tree on all rows until its leaves are small
    return Model(estimator.fit(X, np.log1p(y) if LOG_TARGET else y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.asarray(model.estimator.predict(X))
    return np.expm1(raw) if LOG_TARGET else raw
