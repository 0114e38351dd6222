"""XGBoost for labels that mostly exclude each other: one model whose classes are the patterns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from xgboost import XGBClassifier

RAREST = 30
ROUNDS = 150
MOST_ROUNDS = 2000
PATIENCE = 40
PARAMS: dict[str, Any] = {
    "learning_rate": 0.06,
    "max_depth": 5,
    "min_child_weight": 4.0,
    "reg_lambda": 2.0,
    "colsample_bylevel": 0.4,
    "subsample": 0.75,
    "max_bin": 256,
}


@dataclass
class Model:
    """A classifier of label patterns, these, each label's share, and the number of rounds."""

    estimator: XGBClassifier
    patterns: np.ndarray
    shares: np.ndarray
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
    """Learn P(pattern) with `rounds` rounds, or as many as `valid` rewards, else `ROUNDS`."""
    # [M:xgboost] One multiclass model over the patterns that the labels form
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    patterns = frequent_patterns(y)
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
    watched = None
    if held_out is not None:
        watched = [(held_out[0], nearest_pattern(held_out[1], patterns))]
    estimator.fit(X, nearest_pattern(y, patterns), eval_set=watched, verbose=False)
    return Model(
        estimator,
        patterns,
        y.mean(axis=0),
        estimator.best_iteration + 1 if watched else rounds or most,
    )


def frequent_patterns(y: np.ndarray) -> np.ndarray:
    """List the rows of 0 and 1 that occur at least `RAREST` times, else the two commonest."""
    patterns, counts = np.unique(y, axis=0, return_counts=True)
    enough = min(RAREST, int(np.sort(counts)[-2:].min()))
    return np.asarray(patterns[counts >= enough])


def nearest_pattern(y: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Give each row the code of the pattern from which it differs least."""
    differing = y.sum(axis=1)[:, None] + patterns.sum(axis=1) - 2 * y @ patterns.T
    return np.asarray(differing.argmin(axis=1), dtype="int64")


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column: the sum over the patterns that hold it, its share if none does."""
    chances = model.estimator.predict_proba(X) @ model.patterns
    return np.where(model.patterns.any(axis=0), chances, model.shares)
