"""Logistic regression for several labels: one for each label, on the same design.

View: design
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

C = 0.3


def fit(X: pd.DataFrame, y: np.ndarray) -> MultiOutputClassifier:
    """Weigh every column of the design, label by label."""
    # [M:linear] Logistic regression with a ridge penalty for each label
    estimator = MultiOutputClassifier(LogisticRegression(C=C, max_iter=500))
    # [T:linear] Minimise penalised log loss on all rows
    return estimator.fit(X, np.asarray(y, dtype="int64"))


def predict(model: MultiOutputClassifier, X: pd.DataFrame) -> np.ndarray:
    """Give P(label) per column."""
    return np.column_stack([each[:, 1] for each in model.predict_proba(X)])
