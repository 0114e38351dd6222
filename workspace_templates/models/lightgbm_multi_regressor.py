"""LightGBM for several numbers: one model for each, each tree on a part of the columns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

LOG_TARGET = False
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
    """One fitted regressor per target, and the number of trees of each."""

    estimators: list[lgb.LGBMRegressor]
    rounds: list[int]


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    valid: tuple[pd.DataFrame, np.ndarray] | None = None,
    rounds: list[int] | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Model:
    """Fit each target by itself; `rounds` has one number of trees per target."""
    targets = as_columns(y)
    estimators = []
    for column in range(targets.shape[1]):
        held_out = None if valid is None else (valid[0], as_columns(valid[1])[:, column])
        wanted = None if rounds is None else rounds[column]
        estimators.append(fit_one(X, targets[:, column], held_out, wanted, seed, threads))
    return Model(estimators, [one.best_iteration_ or one.n_estimators for one in estimators])


def fit_one(
    X: pd.DataFrame,
    y: np.ndarray,
    valid: tuple[pd.DataFrame, np.ndarray] | None,
    rounds: int | None,
    seed: int,
    threads: int,
) -> lgb.LGBMRegressor:
    """Grow `rounds` trees; without that number, as many as `valid` rewards, else `ROUNDS`."""
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
        return estimator.fit(X, y)
    watch = lgb.early_stopping(PATIENCE, verbose=False)
    return estimator.fit(X, y, eval_X=held_out[0], eval_y=held_out[1], callbacks=[watch])


def as_columns(y: np.ndarray) -> np.ndarray:
    """Give targets one column each, on the scale that is learned."""
    columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
    return np.log1p(columns) if LOG_TARGET else columns


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.column_stack([one.predict(X) for one in model.estimators])
    answers = np.expm1(raw) if LOG_TARGET else raw
    return answers[:, 0] if answers.shape[1] == 1 else answers
