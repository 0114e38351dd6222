"""Multinomial naive Bayes: the fastest good answer for texts, and a strong one for authorship.

View: words

For tf-idf weights instead of counts take the view `words_tfidf`, `ALPHA = 0.03`, `DAMPING = 0.0`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax
from sklearn.naive_bayes import MultinomialNB

CLASSES = 2
ALPHA = 0.1
DAMPING = 0.3
LEAST_CHANCE = 1e-12


@dataclass
class Model:
    """A fitted naive Bayes, and the factor that makes its scores honest log-odds."""

    estimator: MultinomialNB
    sharpness: float
    rounds: None = None


def fit(X: csr_matrix, y: np.ndarray) -> Model:
    """Count the words of each class; `X` is non-negative, (rows, n-grams)."""
    # [M:naive_bayes] Multinomial naive Bayes with light smoothing
    trial = MultinomialNB(alpha=ALPHA)
    estimator = MultinomialNB(alpha=ALPHA)
    # [T:naive_bayes] One pass over the counts; every fifth row tells how sure to be
    aside = np.arange(len(y)) % 5 == 0
    trial.fit(X[~aside], y[~aside])
    scores = damped_scores(trial, X[aside])
    sharpness = honest_sharpness(scores, y[aside], trial.classes_)
    return Model(estimator.fit(X, y), sharpness)


def damped_scores(estimator: MultinomialNB, X: csr_matrix) -> np.ndarray:
    """Score each class, long texts less: their words repeat each other's evidence."""
    lengths = np.asarray(X.sum(axis=1)) + 1
    return np.asarray(estimator.predict_joint_log_proba(X) * lengths**-DAMPING)


def honest_sharpness(scores: np.ndarray, y: np.ndarray, labels: np.ndarray) -> float:
    """Find the factor on the scores with the least log loss (temperature scaling)."""
    known = np.isin(y, labels)
    scores, places = scores[known], np.searchsorted(labels, y[known])
    right = np.take_along_axis(scores, places[:, None], axis=1)[:, 0]

    def log_loss(power: float) -> float:
        factor = np.exp(power)
        return float(np.mean(logsumexp(scores * factor, axis=1) - right * factor))

    return float(np.exp(minimize_scalar(log_loss, bounds=(-8, 2), method="bounded").x))


def predict(model: Model, X: csr_matrix) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    scores = damped_scores(model.estimator, X) * model.sharpness
    probabilities = np.zeros((X.shape[0], CLASSES))
    probabilities[:, model.estimator.classes_] = softmax(scores, axis=1)
    probabilities = np.clip(probabilities, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
