"""LightGBM for labels that combine freely: one yes-or-no model for each label.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

ROUNDS = 150
MOST_ROUNDS = 1500
PATIENCE = 60
PARAMS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 40,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 1.0,
}


@dataclass
class Model:
    """One classifier per label, or its share where it never varied; and the trees of each."""

    estimators: list[lgb.LGBMClassifier | float]
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
    """Fit each label by itself; `rounds` has one number of trees per label."""
    estimators = []
    for column in range(y.shape[1]):
        held_out = None if valid is None else (valid[0], valid[1][:, column])
        wanted = None if rounds is None else rounds[column]
        estimators.append(fit_one(X, y[:, column], held_out, wanted, seed, threads))
    found = [
        ROUNDS if isinstance(one, float) else one.best_iteration_ or one.n_estimators
        for one in estimators
    ]
    return Model(estimators, found)


def fit_one(
    X: pd.DataFrame,
    y: np.ndarray,
    valid: tuple[pd.DataFrame, np.ndarray] | None,
    rounds: int | None,
    seed: int,
    threads: int,
) -> lgb.LGBMClassifier | float:
    """Grow `rounds` trees; without that number, as many as `valid` rewards, else `ROUNDS`."""
    if y.min() == y.max():
        return float(y.mean())
    # [M:lightgbm] Gradient boosted trees, leaf by leaf
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = lgb.LGBMClassifier(
        n_estimators=rounds or most,
        random_state=seed,
        n_jobs=threads,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
        **PARAMS,
    )
    # [T:lightgbm] Minimise log loss; stop when held-out rows no longer gain
    if held_out is None:
        return estimator.fit(X, y)
    watch = lgb.early_stopping(PATIENCE, verbose=False)
    return estimator.fit(X, y, eval_X=held_out[0], eval_y=held_out[1], callbacks=[watch])


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column."""
    columns = [
        np.full(len(X), one) if isinstance(one, float) else one.predict_proba(X)[:, 1]
        for one in model.estimators
    ]
    return np.column_stack(columns)
