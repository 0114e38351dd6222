"""Logistic regression for two or more classes.

View: design
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

CLASSES = 2
C = 0.3


def fit(X: pd.DataFrame, y: np.ndarray) -> LogisticRegression:
    """Weigh every column of the design."""
    # [M:linear] Logistic regression with a ridge penalty
    estimator = LogisticRegression(C=C, max_iter=500)
    # [T:linear] Minimise penalised log loss on all rows
    with threadpool_limits(1):  # on tables this small a second thread costs ten times more
        return estimator.fit(X.astype("float64"), y)


def predict(model: LogisticRegression, X: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((len(X), CLASSES))
    classes = model.classes_
    probabilities[:, classes] = model.predict_proba(X.astype("float64"))
    return probabilities[:, 1] if CLASSES == 2 else probabilities
