"""LightGBM on what lies around each pixel: shades, texture and edges, near and far.

View: pixels
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from workspace_templates.networks.pixel_surroundings import surroundings
from workspace_templates.networks.whole_pictures import some_pixels, whole_pictures

MOST_PIXELS = 400_000
ROUNDS = 200
MOST_ROUNDS = 600
PATIENCE = 30
PARAMS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_child_samples": 40,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
}


@dataclass
class Model:
    """The fitted trees and their number."""

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
    """Learn from a random part of the pixels, as neighbours tell much the same."""
    # [M:masks_boosted] Gradient boosted trees on what lies around each pixel
    held_out = valid if rounds is None else None
    estimator = lgb.LGBMClassifier(
        n_estimators=rounds or (ROUNDS if held_out is None else MOST_ROUNDS),
        random_state=seed,
        n_jobs=threads,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
        **PARAMS,
    )
    # [T:masks_boosted] Minimise log loss; stop when held-out pictures no longer gain
    rows, target = some_pixels(X, y, surroundings, MOST_PIXELS, seed)
    if held_out is None:
        return Model(estimator.fit(rows, target), estimator.n_estimators)
    watched, wanted = some_pixels(*held_out, surroundings, MOST_PIXELS // 4, seed)
    watch = lgb.early_stopping(PATIENCE, verbose=False)
    estimator.fit(rows, target, eval_X=watched, eval_y=wanted, callbacks=[watch])
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the probability of each pixel, picture by picture."""
    parts = [
        np.asarray(model.estimator.predict_proba(surroundings(shades)))[:, 1]
        for _, shades in whole_pictures(X)
    ]
    return np.concatenate(parts) if parts else np.empty(0)
