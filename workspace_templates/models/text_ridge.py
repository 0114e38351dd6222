"""Ridge regression on word or character weights: one or several numbers from a text.

View: words_tfidf
"""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

LOG_TARGET = False
PENALTY = 3.0
TOLERANCE = 1e-4


def fit(X: csr_matrix, y: np.ndarray, *, seed: int = 0) -> Ridge:
    """Weigh each n-gram; `X` is tf-idf, (rows, n-grams), `y` is (rows,) or (rows, targets)."""
    # [M:ridge] Ridge regression by conjugate gradients, which never make the weights dense
    estimator = Ridge(alpha=PENALTY, solver="sparse_cg", tol=TOLERANCE, random_state=seed)
    # [T:ridge] Minimise squared error with an L2 penalty
    return estimator.fit(X, np.log1p(y) if LOG_TARGET else y)


def predict(model: Ridge, X: csr_matrix) -> np.ndarray:
    """Give one number per text, or one per target."""
    raw = np.asarray(model.predict(X))
    return np.expm1(raw) if LOG_TARGET else raw
