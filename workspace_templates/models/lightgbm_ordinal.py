"""LightGBM for grades: class probabilities first, then the grade that they expect.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

ROUNDS = 150
MOST_ROUNDS = 1500
PATIENCE = 40
PARAMS: dict[str, Any] = {
    "learning_rate": 0.08,
    "num_leaves": 8,
    "min_child_samples": 40,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.4,
    "reg_lambda": 1.0,
}


@dataclass
class Model:
    """A fitted classifier over grades and the number of rounds it uses."""

    estimator: lgb.LGBMClassifier
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
    # [M:lightgbm] Gradient boosted trees, one set for each grade
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
        estimator.fit(X, y)
    else:
        watch = lgb.early_stopping(PATIENCE, verbose=False)
        known = np.isin(held_out[1], y)  # a class without training rows cannot be judged
        codes = np.searchsorted(np.unique(y), held_out[1][known])
        estimator.fit(X, y, eval_X=held_out[0][known], eval_y=codes, callbacks=[watch])
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the expected grade: the grades weighed by their probabilities."""
    return np.asarray(model.estimator.predict_proba(X) @ model.estimator.classes_)
