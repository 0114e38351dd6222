"""Multinomial naive Bayes: the fastest good answer for texts, and a strong one for authorship.

View: words; or words_tfidf with `ALPHA = 0.03` and `DAMPING = 0.0`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.naive_bayes import MultinomialNB

CLASSES = 2
ALPHA = 0.1
DAMPING = 0.3
LEAST_PROBABILITY = 1e-12
SHRINKAGE = 1e-5


@dataclass
class Model:
    """A fitted naive Bayes, and how its scores are calibrated."""

    estimator: MultinomialNB
    calibration: np.ndarray


def fit(X: csr_matrix, y: np.ndarray) -> Model:
    """Count the words of each class; `X` is non-negative, (rows, n-grams)."""
    # [M:naive_bayes] Multinomial naive Bayes with light smoothing
    trial = MultinomialNB(alpha=ALPHA)
    estimator = MultinomialNB(alpha=ALPHA)
    # [T:naive_bayes] One pass over the counts; every fifth text tells how sure to be
    aside = (pd.Series(y).groupby(y).cumcount() % 5 == 4).to_numpy()
    trial.fit(X[~aside], y[~aside])
    scores = damped_scores(trial, X[aside])
    estimator.fit(X, y)
    return Model(estimator, fit_calibration(scores, y[aside, None] == trial.classes_))


def damped_scores(estimator: MultinomialNB, X: csr_matrix) -> np.ndarray:
    """Score each class, long texts less: their words repeat each other's evidence."""
    lengths = np.asarray(X.sum(axis=1)) + 1
    scores = estimator.predict_joint_log_proba(X)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) * lengths**-DAMPING)


def fit_calibration(scores: np.ndarray, is_right: np.ndarray) -> np.ndarray:
    """Find the logarithm of a factor and a shift per class with the least log loss."""
    start = np.zeros(scores.shape[1] + 1)
    if not len(scores):
        return start

    def loss_and_slope(calibration: np.ndarray) -> tuple[float, np.ndarray]:
        probabilities = np.clip(calibrated(scores, calibration), LEAST_PROBABILITY, 1)
        loss = SHRINKAGE * calibration @ calibration - np.log(probabilities[is_right]).mean()
        excess = (probabilities - is_right) / len(scores)
        slope = np.r_[(excess * scores).sum() * np.exp(calibration[0]), excess.sum(axis=0)]
        return loss, slope + 2 * SHRINKAGE * calibration

    start[0] = -np.log(scores.std() + 1)
    bounds = [(-12, 3)] + [(-5, 5)] * scores.shape[1]
    return np.asarray(minimize(loss_and_slope, start, jac=True, bounds=bounds).x)


def calibrated(scores: np.ndarray, calibration: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities with the factor and the shifts that were found."""
    return np.asarray(softmax(scores * np.exp(calibration[0]) + calibration[1:], axis=1))


def predict(model: Model, X: csr_matrix) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    scores = damped_scores(model.estimator, X)
    probabilities = np.zeros((X.shape[0], CLASSES))
    probabilities[:, model.estimator.classes_] = calibrated(scores, model.calibration)
    probabilities = np.clip(probabilities, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
