"""LightGBM for labels that mostly exclude each other: one model whose classes are the patterns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

RAREST = 30
ROUNDS = 200
MOST_ROUNDS = 2000
PATIENCE = 40
PARAMS: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_child_samples": 40,
    "min_child_weight": 1e-7,
    "subsample": 0.75,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
}


@dataclass
class Model:
    """A classifier of label patterns, these, each label's share, and the number of rounds."""

    estimator: lgb.LGBMClassifier
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
    # [M:lightgbm] One multiclass model over the patterns that the labels form
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    patterns = frequent_patterns(y)
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
    codes = nearest_pattern(y, patterns)
    if held_out is None:
        estimator.fit(X, codes)
    else:
        watch = lgb.early_stopping(PATIENCE, verbose=False)
        watched = nearest_pattern(held_out[1], patterns)
        estimator.fit(X, codes, eval_X=held_out[0], eval_y=watched, callbacks=[watch])
    return Model(
        estimator, patterns, y.mean(axis=0), estimator.best_iteration_ or estimator.n_estimators
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
