"""CatBoost for labels that mostly exclude each other: one model whose classes are the patterns.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier

RAREST = 30
ROUNDS = 300
MOST_ROUNDS = 800
PATIENCE = 40
PARAMS: dict[str, Any] = {
    "learning_rate": 0.15,
    "depth": 4,
    "l2_leaf_reg": 5.0,
    "border_count": 64,
    "rsm": 0.3,
    "max_ctr_complexity": 1,
}


@dataclass
class Model:
    """A classifier of label patterns, these, each label's share, and the number of rounds."""

    estimator: CatBoostClassifier
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
    # [M:catboost] One multiclass model over the patterns that the labels form
    held_out = valid if rounds is None else None
    most = ROUNDS if held_out is None else MOST_ROUNDS
    patterns = frequent_patterns(y)
    estimator = CatBoostClassifier(
        iterations=rounds or most,
        loss_function="MultiClass",
        cat_features=list(X.select_dtypes(include="category").columns),
        random_seed=seed,
        thread_count=threads,
        allow_writing_files=False,
        verbose=False,
        **PARAMS,
    )
    # [T:catboost] Minimise log loss; stop when held-out rows no longer gain
    rows, codes = with_plain_text(X), nearest_pattern(y, patterns)
    if held_out is None:
        estimator.fit(rows, codes)
    else:
        watched = (with_plain_text(held_out[0]), nearest_pattern(held_out[1], patterns))
        estimator.fit(rows, codes, eval_set=watched, early_stopping_rounds=PATIENCE)
    return Model(estimator, patterns, y.mean(axis=0), estimator.tree_count_)


def with_plain_text(X: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into plain Python text, the form that CatBoost reads."""
    return X.astype(dict.fromkeys(X.select_dtypes(include="category").columns, object))


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
    chances = model.estimator.predict_proba(with_plain_text(X)) @ model.patterns
    return np.where(model.patterns.any(axis=0), chances, model.shares)
