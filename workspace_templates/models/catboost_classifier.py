"""CatBoost for two or more classes: ordered statistics for categories, few settings.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier

CLASSES = 2
ROUNDS = 500
MOST_ROUNDS = 1500
PATIENCE = 60
PARAMS: dict[str, Any] = {
    "learning_rate": 0.08,
    "depth": 6,
    "l2_leaf_reg": 5.0,
    "border_count": 64,
    "rsm": 0.5,
    "max_ctr_complexity": 1,
}


@dataclass
class Model:
    """A fitted classifier and the number of trees it uses."""

    estimator: CatBoostClassifier
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
    # [M:catboost] Symmetric boosted trees with ordered category statistics
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    estimator = CatBoostClassifier(
        iterations=rounds or most,
        loss_function="Logloss" if CLASSES == 2 else "MultiClass",
        cat_features=list(X.select_dtypes(include="category").columns),
        random_seed=seed,
        thread_count=threads,
        allow_writing_files=False,
        verbose=False,
        **PARAMS,
    )
    # [T:catboost] Minimise log loss; stop when held-out rows no longer gain
    if held_out is None:
        estimator.fit(with_plain_text(X), y)
    else:
        known = np.isin(held_out[1], y)  # a class without training rows cannot be judged
        watched = (with_plain_text(held_out[0][known]), held_out[1][known])
        estimator.fit(with_plain_text(X), y, eval_set=watched, early_stopping_rounds=PATIENCE)
    return Model(estimator, estimator.tree_count_)


def with_plain_text(X: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into plain Python text, the form that CatBoost reads."""
    return X.astype(dict.fromkeys(X.select_dtypes(include="category").columns, object))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    classes = np.asarray(model.estimator.classes_, dtype="int64")
    probabilities[:, classes] = model.estimator.predict_proba(with_plain_text(X))
    return probabilities[:, 1] if CLASSES == 2 else probabilities
