"""Several labels per text, each by its own logistic regression on word or character weights.

View: words_tfidf
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

C = 4.0
TOLERANCE = 1e-3


@dataclass
class Model:
    """One regression per label; a label that never varied has just its share instead."""

    estimators: list[LogisticRegression | float]


def fit(X: csr_matrix, y: np.ndarray, *, seed: int = 0) -> Model:
    """Weigh each n-gram for and against each label; `y` is 0 or 1, (rows, labels)."""
    estimators: list[LogisticRegression | float] = []
    for label in y.astype(int).T:
        # [M:multilabel] Logistic regression; liblinear is the fastest solver for sparse text
        logistic = LogisticRegression(C=C, solver="liblinear", tol=TOLERANCE, random_state=seed)
        # [T:multilabel] Minimise log loss with an L2 penalty
        varies = label.min() < label.max()
        estimators.append(logistic.fit(X, label) if varies else float(label.mean()))
    return Model(estimators)


def predict(model: Model, X: csr_matrix) -> np.ndarray:
    """Give the probability of each label: shape (rows, labels)."""
    columns = [
        np.full(X.shape[0], estimator)
        if isinstance(estimator, float)
        else estimator.predict_proba(X)[:, 1]
        for estimator in model.estimators
    ]
    return np.column_stack(columns)
