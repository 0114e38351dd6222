"""Linear heads on embeddings: how strongly each is held back is found on rows left out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, RidgeCV
from threadpoolctl import threadpool_limits

HEAD_FOLDS = 4
MOST_ROWS_TRIED = 4000
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
PENALTIES = (1.0, 10.0, 100.0, 1000.0, 10000.0)


@dataclass(frozen=True)
class Spread:
    """Centre and common spread of embeddings, whose columns share one scale already."""

    mean: np.ndarray
    deviation: float

    def scaled(self, X: np.ndarray) -> np.ndarray:
        """The embeddings around zero, with deviations of about one: float64."""
        return np.asarray((X.astype("float64") - self.mean) / self.deviation)


def spread_of(X: np.ndarray) -> Spread:
    """Centre and spread of training rows."""
    mean = X.mean(axis=0, dtype="float64")
    return Spread(mean, float(X.std(axis=0, dtype="float64").mean()) or 1.0)


def logistic_head(X: np.ndarray, y: np.ndarray, seed: int) -> LogisticRegression:
    """Logistic regression with the strength that gives the least log loss on rows left out.

    It computes on one thread: its many small steps only wait for a second one.
    """
    tried = np.random.default_rng(seed).permutation(len(y))[:MOST_ROWS_TRIED]
    with threadpool_limits(1):
        losses = [left_out_loss(X[tried], y[tried], strength) for strength in STRENGTHS]
        return fitted_logistic(X, y, STRENGTHS[int(np.argmin(losses))])


def left_out_loss(X: np.ndarray, y: np.ndarray, strength: float) -> float:
    """The log loss on each of a few parts of the rows, by what is learned on the others."""
    loss = 0.0
    for part in range(HEAD_FOLDS):
        aside = np.arange(len(y)) % HEAD_FOLDS == part
        if len(np.unique(y[~aside])) > 1:
            head = fitted_logistic(X[~aside], y[~aside], strength)
            given = head.predict_proba(X[aside]) * (head.classes_ == y[aside, None])
            loss -= float(np.log(given.sum(axis=1).clip(1e-6)).sum())
    return loss


def fitted_logistic(X: np.ndarray, y: np.ndarray, strength: float) -> LogisticRegression:
    """Logistic regression with an L2 penalty: the smaller the strength, the stronger it is."""
    return LogisticRegression(C=strength, max_iter=300).fit(X, y)


def ridge_head(X: np.ndarray, y: np.ndarray) -> RidgeCV:
    """Ridge regression with the penalty that predicts each row best from the others."""
    with threadpool_limits(1):
        return RidgeCV(alphas=PENALTIES, alpha_per_target=y.ndim > 1).fit(X, y)


def side_by_side(spread: Spread, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Embeddings, made so small that all together weigh as much as the columns, and the columns."""
    share = min(1.0, np.sqrt(design.shape[1] / X.shape[1]))
    return np.hstack([share * spread.scaled(X), design.to_numpy("float64")])
