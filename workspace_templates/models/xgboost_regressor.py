"""XGBoost for a number: a part of the columns at each level, so that trees differ.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from xgboost import XGBRegressor

LOG_TARGET = False
SKIPS_ZEROS = False
ROUNDS = 250
MOST_ROUNDS = 3000
PATIENCE = 80
PARAMS: dict[str, Any] = {
    "objective": "reg:squarederror",
    "learning_rate": 0.05,
    "max_depth": 6,
    "min_child_weight": 4.0,
    "reg_lambda": 1.0,
    "colsample_bylevel": 0.5,
    "subsample": 0.7,
    "max_bin": 256,
}


@dataclass
class Model:
    """A fitted regressor and the number of rounds it uses."""

    estimator: XGBRegressor
    rounds: int


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    valid: tuple[pd.DataFrame, np.ndarray] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Model:
    """Boost for `rounds` rounds; without that number, while `valid` gains, else `ROUNDS`."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
        valid = valid and (valid[0][valid[1] != 0], valid[1][valid[1] != 0])
    # [M:xgboost] Gradient boosted trees, level by level on histograms
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = XGBRegressor(
        n_estimators=rounds or most,
        early_stopping_rounds=None if held_out is None else PATIENCE,
        tree_method="hist",
        enable_categorical=True,
        random_state=seed,
        n_jobs=threads,
        **PARAMS,
    )
    # [T:xgboost] Minimise the objective; stop when held-out rows no longer gain
    watched: list[tuple[pd.DataFrame, np.ndarray]] = []
    if held_out is not None:
        watched.append((held_out[0], np.log1p(held_out[1]) if LOG_TARGET else held_out[1]))
    estimator.fit(X, np.log1p(y) if LOG_TARGET else y, eval_set=watched, verbose=False)
    return Model(estimator, rounds or most if held_out is None else estimator.best_iteration + 1)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target."""
    raw = np.asarray(model.estimator.predict(X), dtype="float64")
    return np.expm1(raw) if LOG_TARGET else raw
