"""CatBoost for a number: ordered statistics for categories, few settings.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostRegressor

LOG_TARGET = False
SKIPS_ZEROS = False
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
    """A fitted regressor and the number of trees it uses."""

    estimator: CatBoostRegressor
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
    # [M:catboost] Symmetric boosted trees with ordered category statistics
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = CatBoostRegressor(
        iterations=rounds or most,
        cat_features=list(X.select_dtypes("category").columns),
        random_seed=seed,
        thread_count=threads,
        allow_writing_files=False,
        verbose=False,
        **PARAMS,
    )
    # [T:catboost] Minimise the loss; stop when held-out rows no longer gain
    if held_out is None:
        estimator.fit(with_plain_text(X), np.log1p(y) if LOG_TARGET else y)
    else:
        answers = np.log1p(held_out[1]) if LOG_TARGET else held_out[1]
        estimator.fit(
            with_plain_text(X),
            np.log1p(y) if LOG_TARGET else y,
            eval_set=(with_plain_text(held_out[0]), answers),
            early_stopping_rounds=PATIENCE,
        )
    return Model(estimator, estimator.tree_count_)


def with_plain_text(X: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into plain Python text, the form that CatBoost reads."""
    return X.astype(dict.fromkeys(X.select_dtypes("category").columns, object))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target."""
    raw = np.asarray(model.estimator.predict(with_plain_text(X)))
    return np.expm1(raw) if LOG_TARGET else raw
