"""LightGBM for two or more classes: each tree grows on a part of the columns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

CLASSES = 2
ROUNDS = 300
MOST_ROUNDS = 3000
PATIENCE = 100
PARAMS: dict[str, Any] = {
    "learning_rate": 0.04,
    "num_leaves": 31,
    "min_child_samples": 40,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 1.0,
}


@dataclass
class Model:
    """A fitted classifier and the number of trees it uses."""

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
    """Grow `rounds` trees; without that number, as many as `valid` rewards, else `ROUNDS`."""
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
        estimator.fit(X, y)
    else:
        watch = lgb.early_stopping(PATIENCE, verbose=False)
        known = np.isin(held_out[1], y)  # a class without training rows cannot be judged
        codes = np.searchsorted(np.unique(y), held_out[1][known])
        estimator.fit(X, y, eval_X=held_out[0][known], eval_y=codes, callbacks=[watch])
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.estimator.classes_] = model.estimator.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
