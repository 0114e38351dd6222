"""Logistic regression on naive Bayes ratios (Wang and Manning, ACL 2012).

View: words_tfidf
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

CLASSES = 2
ALPHA = 0.1
C = 4.0
TOLERANCE = 1e-3


@dataclass
class Model:
    """Per class: the log-count ratio of each n-gram, and a logistic regression on top."""

    labels: np.ndarray
    ratios: list[np.ndarray]
    estimators: list[LogisticRegression]


def fit(X: csr_matrix, y: np.ndarray, *, seed: int = 0) -> Model:
    """Fit one classifier per class against the rest; two classes need only one."""
    labels = np.array([1]) if CLASSES == 2 else np.unique(y)
    ratios, estimators = [], []
    for label in labels:
        is_label = y == label
        # [M:nbsvm] Scale each n-gram by how much it speaks for the class
        ratio = log_count_ratio(X, is_label)
        estimator = LogisticRegression(C=C, solver="liblinear", tol=TOLERANCE, random_state=seed)
        # [T:nbsvm] Minimise log loss with an L2 penalty
        estimator.fit(X.multiply(ratio).tocsr(), is_label)
        ratios.append(ratio)
        estimators.append(estimator)
    return Model(labels, ratios, estimators)


def log_count_ratio(X: csr_matrix, is_label: np.ndarray) -> np.ndarray:
    """Compare the smoothed share of each n-gram within the class and outside it."""
    inside = np.asarray(X[is_label].sum(axis=0)).ravel() + ALPHA
    outside = np.asarray(X[~is_label].sum(axis=0)).ravel() + ALPHA
    return np.asarray(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))


def predict(model: Model, X: csr_matrix) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    chances = np.zeros((X.shape[0], CLASSES))
    for label, ratio, estimator in zip(model.labels, model.ratios, model.estimators, strict=True):
        chances[:, label] = estimator.predict_proba(X.multiply(ratio).tocsr())[:, 1]
    return chances[:, 1] if CLASSES == 2 else np.asarray(normalize(chances, norm="l1"))
