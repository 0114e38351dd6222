"""LightGBM on how far series leave their habit: what each was in the same phase before.

Trees cannot go on with a trend; the habit carries it, and trees only learn what departs from it.
View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

LOG_TARGET = False
SKIPS_ZEROS = False
HABIT = "_same_phase"
ROUNDS = 200
MOST_ROUNDS = 2000
PATIENCE = 100
PARAMS: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 20,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.6,
    "reg_lambda": 1.0,
}


@dataclass
class Model:
    """The fitted trees, their number, and the habit of a series without a past."""

    estimator: lgb.LGBMRegressor
    rounds: int
    usual: float


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    valid: tuple[pd.DataFrame, np.ndarray] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Model:
    """Learn the rest beyond the habit, from rows that have a past where there are any."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
        valid = valid and (valid[0][valid[1] != 0], valid[1][valid[1] != 0])
    scaled = on_scale(y)
    usual = float(scaled.mean())
    known = X[habit_of(X)].notna().to_numpy()
    known = known if known.any() else np.ones(len(X), dtype=bool)
    # [M:series_boosted] Gradient boosted trees on what departs from the habit of each series
    held_out = valid if rounds is None else None
    estimator = lgb.LGBMRegressor(
        n_estimators=rounds or (ROUNDS if held_out is None else MOST_ROUNDS),
        random_state=seed,
        n_jobs=threads,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
        **PARAMS,
    )
    # [T:series_boosted] Minimise the objective; stop when held-out rows no longer gain
    rest = (scaled - habits(X, usual))[known]
    if held_out is None:
        estimator.fit(X[known], rest)
        return Model(estimator, estimator.n_estimators, usual)
    watch = lgb.early_stopping(PATIENCE, verbose=False)
    left = on_scale(held_out[1]) - habits(held_out[0], usual)
    estimator.fit(X[known], rest, eval_X=held_out[0], eval_y=left, callbacks=[watch])
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators, usual)


def habit_of(X: pd.DataFrame) -> str:
    """The column that says what a series was in the same phase of earlier weeks."""
    return next(str(name) for name in X.columns if str(name).endswith(HABIT))


def habits(X: pd.DataFrame, usual: float) -> np.ndarray:
    """The habit of each row, on the scale that is learned."""
    past = X[habit_of(X)].to_numpy(dtype="float64")
    return np.where(np.isnan(past), usual, on_scale(np.nan_to_num(past)))


def on_scale(values: np.ndarray) -> np.ndarray:
    """Amounts on the scale that is learned."""
    amounts = np.asarray(values, dtype="float64")
    return np.log1p(np.maximum(amounts, 0.0)) if LOG_TARGET else amounts


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give amounts: the habit and what departs from it."""
    raw: np.ndarray = habits(X, model.usual) + model.estimator.predict(X)
    return np.expm1(raw) if LOG_TARGET else raw
