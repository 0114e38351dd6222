"""Directions that part many classes (Fisher) in random halves of the columns, then regression.

View: design

Averaging over halves is the random subspace method (Ho 1998): few rows per class tell the
directions of half of the columns better than those of all.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits

CLASSES = 2
C = 30.0
SHRINKAGE = 0.1
SUBSPACES = 20
SHARE = 0.5


@dataclass
class Model:
    """Directions and regression of each choice of columns; nothing is boosted, so no rounds."""

    choices: list[np.ndarray]
    estimators: list[Pipeline]
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Model:
    """Find directions in which classes lie apart and rows of a class close together."""
    rng, columns = np.random.default_rng(seed), X.shape[1]
    model = Model([], [])
    for _ in range(SUBSPACES):
        chosen = np.sort(rng.permutation(columns)[: max(2, round(SHARE * columns))])
        # [M:discriminant] Linear discriminants with shrunk covariance, then logistic regression
        directions = LinearDiscriminantAnalysis(solver="eigen", shrinkage=SHRINKAGE)
        estimator = make_pipeline(directions, LogisticRegression(C=C, max_iter=500))
        # [T:discriminant] Solve for the directions, then minimise penalised log loss
        with threadpool_limits(1):  # on tables this small a second thread costs ten times more
            estimator.fit(X.to_numpy("float64")[:, chosen], y)
        model.choices.append(chosen)
        model.estimators.append(estimator)
    return model


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    rows = X.to_numpy("float64")
    probabilities = np.zeros((len(X), CLASSES))
    classes = model.estimators[0].classes_
    for chosen, estimator in zip(model.choices, model.estimators, strict=True):
        probabilities[:, classes] += estimator.predict_proba(rows[:, chosen]) / SUBSPACES
    return probabilities[:, 1] if CLASSES == 2 else probabilities
