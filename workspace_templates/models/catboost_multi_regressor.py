"""CatBoost for several numbers: one model for each, ordered statistics for categories.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostRegressor

LOG_TARGET = False
ROUNDS = 600
MOST_ROUNDS = 2000
PATIENCE = 60
PARAMS: dict[str, Any] = {
    "loss_function": "RMSE",
    "learning_rate": 0.08,
    "depth": 6,
    "l2_leaf_reg": 3.0,
    "border_count": 128,
    "max_ctr_complexity": 1,
}


@dataclass
class Model:
    """One fitted regressor per target, and the number of trees of each."""

    estimators: list[CatBoostRegressor]
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
    return Model(estimators, [one.tree_count_ for one in estimators])


def fit_one(
    X: pd.DataFrame,
    y: np.ndarray,
    valid: tuple[pd.DataFrame, np.ndarray] | None,
    rounds: int | None,
    seed: int,
    threads: int,
) -> CatBoostRegressor:
    """Grow `rounds` trees; without that number, as many as `valid` rewards, else `ROUNDS`."""
    # [M:catboost] Symmetric boosted trees with ordered category statistics
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = CatBoostRegressor(
        iterations=rounds or most,
        cat_features=list(X.select_dtypes(include="category").columns),
        random_seed=seed,
        thread_count=threads,
        allow_writing_files=False,
        verbose=False,
        **PARAMS,
    )
    # [T:catboost] Minimise the loss; stop when held-out rows no longer gain
    if held_out is None:
        return estimator.fit(with_plain_text(X), y)
    watched = (with_plain_text(held_out[0]), held_out[1])
    return estimator.fit(with_plain_text(X), y, eval_set=watched, early_stopping_rounds=PATIENCE)


def with_plain_text(X: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into plain Python text, the form that CatBoost reads."""
    return X.astype(dict.fromkeys(X.select_dtypes(include="category").columns, object))


def as_columns(y: np.ndarray) -> np.ndarray:
    """Give targets one column each, on the scale that is learned."""
    columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
    return np.log1p(columns) if LOG_TARGET else columns


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.column_stack([one.predict(with_plain_text(X)) for one in model.estimators])
    answers = np.expm1(raw) if LOG_TARGET else raw
    return answers[:, 0] if answers.shape[1] == 1 else answers
