"""Logistic regression for several labels: one for each label, on the same design.

View: design
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

C = 0.3


@dataclass
class Model:
    """One regression per label; a label that never varied has just its share instead."""

    estimators: list[LogisticRegression | float]


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Weigh every column of the design, label by label; `y` is 0 or 1, (rows, labels)."""
    estimators: list[LogisticRegression | float] = []
    for label in y.astype(int).T:
        # [M:linear] Logistic regression with a ridge penalty for each label
        logistic = LogisticRegression(C=C, max_iter=500)
        # [T:linear] Minimise penalised log loss on all rows
        varies = label.min() < label.max()
        estimators.append(logistic.fit(X, label) if varies else float(label.mean()))
    return Model(estimators)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column."""
    rows = X.astype("float64")
    columns = [
        np.full(len(X), one) if isinstance(one, float) else one.predict_proba(rows)[:, 1]
        for one in model.estimators
    ]
    return np.column_stack(columns)
