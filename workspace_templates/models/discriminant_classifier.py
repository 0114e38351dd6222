"""Directions that part many classes (Fisher), then logistic regression along them.

View: design
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

CLASSES = 2
STRENGTH = 0.3
SHRINKAGE = 0.1


@dataclass
class Model:
    """Fitted directions and regression; nothing is boosted, so no rounds are found."""

    estimator: Pipeline
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Find directions in which classes lie apart and rows of a class close together."""
    # [M:discriminant] Linear discriminants with shrunk covariance, then logistic regression
    directions = LinearDiscriminantAnalysis(solver="eigen", shrinkage=SHRINKAGE)
    estimator = make_pipeline(directions, LogisticRegression(C=STRENGTH, max_iter=500))
    # [T:discriminant] Solve for the directions, then minimise penalised log loss
    return Model(estimator.fit(X.to_numpy("float64"), y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    classes = model.estimator.classes_
    probabilities[:, classes] = model.estimator.predict_proba(X.to_numpy("float64"))
    return probabilities[:, 1] if CLASSES == 2 else probabilities
