"""LightGBM for a number: each tree grows on a part of the columns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

LOG_TARGET = False
SKIPS_ZEROS = False
ROUNDS = 300
MOST_ROUNDS = 3000
PATIENCE = 100
PARAMS: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.03,
    "num_leaves": 31,
    "min_child_samples": 20,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 1.0,
}


@dataclass
class Model:
    """A fitted regressor and the number of trees it uses."""

    estimator: lgb.LGBMRegressor
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
    """Grow `rounds` trees; without that number, as many as `valid` rewards, else `ROUNDS`."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
        valid = valid and (valid[0][valid[1] != 0], valid[1][valid[1] != 0])
    # [M:lightgbm] Gradient boosted trees, leaf by leaf
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = lgb.LGBMRegressor(
        n_estimators=rounds or most,
        random_state=seed,
        n_jobs=threads,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
        **PARAMS,
    )
    # [T:lightgbm] Minimise the objective; stop when held-out rows no longer gain
    if held_out is None:
        estimator.fit(X, np.log1p(y) if LOG_TARGET else y)
    else:
        estimator.fit(
            X,
            np.log1p(y) if LOG_TARGET else y,
            eval_X=held_out[0],
            eval_y=np.log1p(held_out[1]) if LOG_TARGET else held_out[1],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
        )
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target."""
    raw = np.asarray(model.estimator.predict(X))
    return np.expm1(raw) if LOG_TARGET else raw
