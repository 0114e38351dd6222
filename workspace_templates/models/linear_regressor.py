"""Ridge regression for one or more numbers, the penalty chosen by leave-one-out error.

View: design
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV

LOG_TARGET = False
SKIPS_ZEROS = False
PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)


def fit(X: pd.DataFrame, y: np.ndarray) -> RidgeCV:
    """Weigh every column of the design."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
    # [M:linear] Ridge regression, one penalty for each target
    several = np.ndim(y) == 2
    estimator = RidgeCV(alphas=PENALTIES, alpha_per_target=several)
    # [T:linear] Least squares; the penalty with the least leave-one-out error wins
    return estimator.fit(X, np.log1p(y) if LOG_TARGET else y)


def predict(model: RidgeCV, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.asarray(model.predict(X), dtype="float64")
    return np.expm1(raw) if LOG_TARGET else raw
