"""Logistic regression on the signs of words: which word begins the piece, and which ends it.

View: sources
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression

from workspace_templates.networks.spans import best_pieces, ends_of, signs_of_words, words_of

SIGNS = 2**20
C = 1.0


@dataclass
class Model:
    """Weights of the signs of words that begin pieces, and of words that end them."""

    first: LogisticRegression
    last: LogisticRegression


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Learn which words begin and end the pieces."""
    # [M:piece_linear] Weights for words, their neighbours and places, by what stands beside
    # [T:piece_linear] Minimise log loss with an L2 penalty
    held = X["source"].map(lambda text: len(words_of(text))).to_numpy()
    starts = np.cumsum(held) - held
    signs, estimators = hashed(X), []
    ends = np.array([ends_of(text, piece) for text, piece in zip(X["source"], y, strict=True)])
    for places in (starts + ends[:, 0], starts + ends[:, 1]):
        taken = np.zeros(held.sum(), dtype=bool)
        taken[places[held > 0]] = True
        estimators.append(LogisticRegression(C=C, solver="liblinear").fit(signs, taken))
    return Model(*estimators)


def hashed(X: pd.DataFrame) -> sparse.csr_matrix:
    """Flag the signs of each word."""
    return FeatureHasher(SIGNS, input_type="string").transform(signs_of_words(X))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Cut the piece out of each text that may be expected to share most words with the true one."""
    signs = hashed(X)
    first, last = (one.predict_proba(signs)[:, 1] for one in (model.first, model.last))
    return np.array(list(best_pieces(X["source"], first, last)), dtype=object)
