"""Logistic regression for several labels: one for each label, on the same design.

View: design
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

STRENGTH = 0.3


@dataclass
class Model:
    """One fitted logistic regression per label; nothing is boosted, so no rounds are found."""

    estimator: MultiOutputClassifier
    rounds: None = None


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Weigh every column of the design, label by label."""
    # [M:linear] Logistic regression with a ridge penalty for each label
    estimator = MultiOutputClassifier(LogisticRegression(C=STRENGTH, max_iter=500))
    # [T:linear] Minimise penalised log loss on all rows
    return Model(estimator.fit(X, np.asarray(y, dtype="int64")))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column."""
    return np.column_stack([each[:, 1] for each in model.estimator.predict_proba(X)])
