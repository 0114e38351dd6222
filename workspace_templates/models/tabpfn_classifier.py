"""A transformer trained on millions of made tables, which reads the training rows (TabPFN 2).

View: features
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from tabpfn import TabPFNClassifier

from workspace_templates.networks.pretrained_places import folder_weights

WEIGHTS = "tabpfn-v2-classifier.ckpt"
CLASSES = 2
VIEWS = 4
MOST_ROWS = 10_000


@dataclass
class Model:
    """A transformer with the rows that it reads; nothing is trained, so no rounds are found."""

    estimator: TabPFNClassifier
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> Model:
    """Keep the rows to read, at most `MOST_ROWS`, in `VIEWS` orders of columns and classes."""
    # [M:tabpfn] A pretrained transformer that learns from rows as they are read
    torch.set_num_threads(threads)
    estimator = TabPFNClassifier(
        n_estimators=VIEWS,
        model_path=folder_weights(WEIGHTS),
        device="cuda" if torch.cuda.is_available() else "cpu",
        ignore_pretraining_limits=True,
        random_state=seed,
    )
    # [T:tabpfn] Nothing is trained: the rows are the context
    kept = np.sort(np.random.default_rng(seed).permutation(len(y))[:MOST_ROWS])
    return Model(estimator.fit(X.iloc[kept], y[kept]))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    probabilities[:, model.estimator.classes_] = model.estimator.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
