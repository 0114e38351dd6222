"""XGBoost for two or more classes: a part of the columns at each level, so that trees differ.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from xgboost import XGBClassifier

CLASSES = 2
ROUNDS = 150
MOST_ROUNDS = 2000
PATIENCE = 60
PARAMS: dict[str, Any] = {
    "learning_rate": 0.05,
    "max_depth": 6,
    "min_child_weight": 2.0,
    "reg_lambda": 1.0,
    "colsample_bylevel": 0.5,
    "subsample": 0.75,
    "max_bin": 256,
}


@dataclass
class Model:
    """A fitted classifier, the classes that it knows, and the number of rounds it uses."""

    estimator: XGBClassifier
    classes: np.ndarray
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
    # [M:xgboost] Gradient boosted trees, level by level on histograms
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = XGBClassifier(
        n_estimators=rounds or most,
        early_stopping_rounds=None if held_out is None else PATIENCE,
        tree_method="hist",
        enable_categorical=True,
        random_state=seed,
        n_jobs=threads,
        **PARAMS,
    )
    # [T:xgboost] Minimise log loss; stop when held-out rows no longer gain
    classes, codes = np.unique(y, return_inverse=True)
    watched = None
    if held_out is not None:
        known = np.isin(held_out[1], classes)  # a class without training rows cannot be judged
        watched = [(held_out[0][known], np.searchsorted(classes, held_out[1][known]))]
    estimator.fit(X, codes, eval_set=watched, verbose=False)
    return Model(estimator, classes, estimator.best_iteration + 1 if watched else rounds or most)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.classes] = model.estimator.predict_proba(X)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
