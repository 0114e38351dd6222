"""A transformer trained on millions of made tables, to give numbers from rows read (TabPFN 2).

View: features
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from tabpfn import TabPFNRegressor

from workspace_templates.networks.pretrained_places import folder_weights

WEIGHTS = "tabpfn-v2-regressor.ckpt"
VIEWS = 4
MOST_ROWS = 10_000
LOG_TARGET = False


@dataclass
class Model:
    """One transformer per target with the rows that it reads; no rounds are found."""

    estimators: list[TabPFNRegressor]
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0, threads: int = 1) -> Model:
    """Keep the rows to read, at most `MOST_ROWS`, in `VIEWS` orders of the columns."""
    torch.set_num_threads(threads)
    kept = np.sort(np.random.default_rng(seed).permutation(len(y))[:MOST_ROWS])
    targets = np.log1p(y[kept]) if LOG_TARGET else y[kept]
    estimators = []
    for target in targets.reshape(len(kept), -1).T:
        # [M:tabpfn] A pretrained transformer that learns from rows as they are read
        estimator = TabPFNRegressor(
            n_estimators=VIEWS,
            model_path=folder_weights(WEIGHTS),
            device="cuda" if torch.cuda.is_available() else "cpu",
            ignore_pretraining_limits=True,
            random_state=seed,
        )
        # [T:tabpfn] Nothing is trained: the rows are the context
        estimators.append(estimator.fit(X.iloc[kept], target))
    return Model(estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give one number per row, or one per target."""
    found = np.column_stack([estimator.predict(X) for estimator in model.estimators])
    answers = np.expm1(found) if LOG_TARGET else found
    return np.asarray(answers[:, 0] if len(model.estimators) == 1 else answers)
