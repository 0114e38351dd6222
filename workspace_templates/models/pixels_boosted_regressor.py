"""LightGBM on the neighbourhood of each pixel: shades around it, background and texture.

View: pixels
"""

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy import ndimage

from workspace_templates.networks.whole_pictures import some_pixels, whole_pictures

REACH = 2
BACKGROUND = 21
MOST_PIXELS = 400_000
ROUNDS = 200
MOST_ROUNDS = 600
PATIENCE = 30
PARAMS: dict[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_child_samples": 40,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.7,
}


@dataclass
class Model:
    """The fitted trees and their number."""

    estimator: lgb.LGBMRegressor
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
    # [M:pixels_boosted] Gradient boosted trees on the neighbourhood of each pixel
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
    # [T:pixels_boosted] Minimise squared error; stop when held-out pictures no longer gain
    rows, target = some_pixels(X, y, neighbourhoods, MOST_PIXELS, seed)
    if held_out is None:
        return Model(estimator.fit(rows, target), estimator.n_estimators)
    watched, wanted = some_pixels(*held_out, neighbourhoods, MOST_PIXELS // 4, seed)
    watch = lgb.early_stopping(PATIENCE, verbose=False)
    estimator.fit(rows, target, eval_X=watched, eval_y=wanted, callbacks=[watch])
    return Model(estimator, estimator.best_iteration_ or estimator.n_estimators)


def neighbourhoods(shades: np.ndarray) -> np.ndarray:
    """Describe each pixel: shades within reach, background, spread, edges; (pixels, features)."""
    side = 2 * REACH + 1
    high, broad = shades.shape
    framed = np.pad(shades, REACH, mode="reflect" if min(high, broad) > REACH else "edge")
    around = [framed[r : r + high, c : c + broad] for r in range(side) for c in range(side)]
    background = ndimage.median_filter(shades, size=BACKGROUND, mode="nearest")
    mean = ndimage.uniform_filter(shades, size=7, mode="nearest")
    square = ndimage.uniform_filter(shades**2, size=7, mode="nearest")
    told = [
        background,
        shades - background,
        mean,
        np.sqrt(np.maximum(square - mean**2, 0.0)),
        ndimage.minimum_filter(shades, size=5, mode="nearest"),
        ndimage.maximum_filter(shades, size=5, mode="nearest"),
        ndimage.median_filter(shades, size=3, mode="nearest"),
        ndimage.sobel(shades, axis=0, mode="nearest"),
        ndimage.sobel(shades, axis=1, mode="nearest"),
        ndimage.gaussian_filter(shades, sigma=4.0, mode="nearest"),
        np.full_like(shades, np.median(shades)),
    ]
    return np.stack([*around, *told], axis=-1).reshape(high * broad, -1).astype("float32")


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the answer of each pixel, picture by picture."""
    parts = [
        np.asarray(model.estimator.predict(neighbourhoods(shades)))
        for _, shades in whole_pictures(X)
    ]
    return np.concatenate(parts) if parts else np.empty(0)
