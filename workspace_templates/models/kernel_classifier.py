"""Logistic regression on similarities to training rows: borders smoother than any tree's.

View: design
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits

CLASSES = 2
C = 10.0
GAMMA = 0.5
MOST_LANDMARKS = 1000


@dataclass
class Model:
    """A fitted kernel map and regression; nothing is boosted, so no rounds are found."""

    estimator: Pipeline
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Model:
    """Weigh each row's Gaussian similarity to training rows that are drawn as landmarks."""
    # [M:kernel] Gaussian kernel (Nyström's approximation), then logistic regression
    kernel = Nystroem(
        gamma=GAMMA / X.shape[1], n_components=min(len(X), MOST_LANDMARKS), random_state=seed
    )
    estimator = make_pipeline(kernel, LogisticRegression(C=C, max_iter=500))
    # [T:kernel] Minimise penalised log loss on all rows
    with threadpool_limits(1):  # a second thread made this slower wherever it was measured
        return Model(estimator.fit(X.to_numpy("float64"), y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    classes = model.estimator.classes_
    probabilities[:, classes] = model.estimator.predict_proba(X.to_numpy("float64"))
    return probabilities[:, 1] if CLASSES == 2 else probabilities
