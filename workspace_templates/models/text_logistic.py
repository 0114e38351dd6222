"""Logistic regression on word or character weights, one class against the rest.

View: words_tfidf
"""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

CLASSES = 2
C = 10.0
TOLERANCE = 1e-3


def fit(X: csr_matrix, y: np.ndarray, *, seed: int = 0) -> OneVsRestClassifier:
    """Weigh each n-gram for and against each class; `X` is tf-idf, (rows, n-grams)."""
    # [M:logistic] Logistic regression; liblinear is the fastest solver for sparse text
    logistic = LogisticRegression(C=C, solver="liblinear", tol=TOLERANCE, random_state=seed)
    # [T:logistic] Minimise log loss with an L2 penalty
    return OneVsRestClassifier(logistic).fit(X, y)


def predict(model: OneVsRestClassifier, X: csr_matrix) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = np.zeros((X.shape[0], CLASSES))
    probabilities[:, model.classes_] = model.predict_proba(X)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
