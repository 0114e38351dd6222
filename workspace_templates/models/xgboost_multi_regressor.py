"""XGBoost for several numbers: one model for each, a part of the columns at each level.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from xgboost import XGBRegressor

LOG_TARGET = False
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
    """One fitted regressor per target, and the number of rounds of each."""

    estimators: list[XGBRegressor]
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
    """Fit each target by itself; `rounds` has one number of rounds per target."""
    targets = as_columns(y)
    model = Model([], [])
    for column in range(targets.shape[1]):
        # [M:xgboost] Gradient boosted trees, level by level on histograms
        stops_early = rounds is None and valid is not None
        wanted = rounds[column] if rounds else MOST_ROUNDS if stops_early else ROUNDS
        estimator = XGBRegressor(
            n_estimators=wanted,
            early_stopping_rounds=PATIENCE if stops_early else None,
            tree_method="hist",
            enable_categorical=True,
            random_state=seed,
            n_jobs=threads,
            **PARAMS,
        )
        # [T:xgboost] Minimise the objective; stop when held-out rows no longer gain
        watched = [(valid[0], as_columns(valid[1])[:, column])] if valid and stops_early else None
        estimator.fit(X, targets[:, column], eval_set=watched, verbose=False)
        model.estimators.append(estimator)
        model.rounds.append(estimator.best_iteration + 1 if stops_early else wanted)
    return model


def as_columns(y: np.ndarray) -> np.ndarray:
    """Give targets one column each, on the scale that is learned."""
    columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
    return np.log1p(columns) if LOG_TARGET else columns


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    raw = np.column_stack([one.predict(X) for one in model.estimators]).astype("float64")
    answers = np.expm1(raw) if LOG_TARGET else raw
    return answers[:, 0] if answers.shape[1] == 1 else answers
