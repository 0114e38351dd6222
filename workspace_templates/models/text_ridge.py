"""Ridge regression on word or character weights: one or several numbers from a text.

View: words_tfidf
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

PENALTY = 3.0
TOLERANCE = 1e-4


@dataclass
class Model:
    """A fitted ridge regression."""

    estimator: Ridge
    rounds: None = None


def fit(X: csr_matrix, y: np.ndarray, *, seed: int = 0) -> Model:
    """Weigh each n-gram; `X` is tf-idf, (rows, n-grams), `y` is (rows,) or (rows, targets)."""
    # [M:ridge] Ridge regression by conjugate gradients, which never make the weights dense
    estimator = Ridge(alpha=PENALTY, solver="sparse_cg", tol=TOLERANCE, random_state=seed)
    # [T:ridge] Minimise squared error with an L2 penalty
    return Model(estimator.fit(X, y))


def predict(model: Model, X: csr_matrix) -> np.ndarray:
    """Give one number per text, or one per target."""
    return np.asarray(model.estimator.predict(X))
