"""A transformer trained on millions of made tables, which reads the training rows (TabICL).

View: features
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from tabicl import TabICLClassifier

from workspace_templates.networks.pretrained_places import folder_weights

WEIGHTS = "tabicl-classifier.ckpt"
CLASSES = 2
VIEWS = 4
MOST_ROWS = 10_000


@dataclass
class Model:
    """A transformer with the rows that it reads; nothing is trained, so no rounds are found."""

    estimator: TabICLClassifier
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> Model:
    """Keep the rows to read, at most `MOST_ROWS`, in `VIEWS` orders of columns and classes."""
    # [M:tabicl] A pretrained transformer that learns from rows as they are read
    torch.set_num_threads(threads)
    estimator = TabICLClassifier(
        n_estimators=VIEWS,
        model_path=folder_weights(WEIGHTS),
        allow_auto_download=False,
        device="cuda" if torch.cuda.is_available() else "cpu",
        random_state=seed,
        n_jobs=threads,
    )
    # [T:tabicl] Nothing is trained: the rows are the context
    kept = np.sort(np.random.default_rng(seed).permutation(len(y))[:MOST_ROWS])
    return Model(estimator.fit(X.iloc[kept], y[kept]))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.estimator.classes_] = model.estimator.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
