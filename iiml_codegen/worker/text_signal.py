"""What a free text alone says about a target: a quick linear model on hashed words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .single_column import Codes, Floats, auc, folds_for, ranks_of

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 3_000
MOST_TARGETS = 5
CHARACTERS = 1_000
FEATURES = 2**14
FEWEST_ROWS = 60


def text_signal(text: pd.Series, target: Floats, has_classes: bool, seed: int) -> float:
    """Normalised AUC or R2 of ranks, 0 to 1, out of fold on at most 3,000 rows."""
    from sklearn.feature_extraction.text import HashingVectorizer

    rows = np.random.default_rng(seed).permutation(len(text))[:MOST_ROWS]
    if len(rows) < FEWEST_ROWS:
        return 0.0
    short = text.iloc[rows].fillna("").astype(str).str.slice(0, CHARACTERS)
    words = HashingVectorizer(n_features=FEATURES, alternate_sign=False).transform(short)
    return linear_signal(words, target[rows], has_classes, folds_for(len(rows), seed))


def linear_signal(features: object, target: Floats, has_classes: bool, fold: Codes) -> float:
    """Normalised AUC or R2 of ranks, 0 to 1, of a linear model on sparse features, out of fold.

    Of several classes the most frequent ones are weighted by share; of several targets the best
    one counts.
    """
    table = target.reshape(len(target), -1)
    wanted, weights = _wanted(table, has_classes)
    if not wanted.shape[1]:
        return 0.0
    predicted = _out_of_fold(features, wanted, fold)
    scores = [
        _score(wanted[:, place], predicted[:, place], has_classes)
        for place in range(wanted.shape[1])
    ]
    best = max(scores) if table.shape[1] > 1 else float(np.average(scores, weights=weights))
    return max(0.0, best)


def _wanted(table: Floats, has_classes: bool) -> tuple[Floats, Floats]:
    """Columns to predict: class memberships or ranks of amounts, with their weights."""
    filled = np.nan_to_num(table, nan=0.0)
    if not has_classes:
        ranks = np.stack([ranks_of(column) for column in filled.T], axis=1)
        return ranks[:, :MOST_TARGETS], np.ones(min(ranks.shape[1], MOST_TARGETS))
    if table.shape[1] > 1:
        return filled[:, :MOST_TARGETS], np.ones(min(table.shape[1], MOST_TARGETS))
    labels, counts = np.unique(filled, return_counts=True)
    common = np.argsort(-counts, kind="stable")[: 1 if len(labels) == 2 else MOST_TARGETS]
    if len(labels) < 2:
        return filled[:, :0], np.ones(0)
    members = np.stack([(filled[:, 0] == labels[place]) for place in common], axis=1)
    return members.astype(np.float64), counts[common].astype(np.float64)


def _out_of_fold(features: object, wanted: Floats, fold: Codes) -> Floats:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import Ridge

    matrix = csr_matrix(features)
    predicted = np.zeros_like(wanted)
    for number in np.unique(fold):
        inside = fold == number
        model = Ridge(alpha=1.0, solver="sparse_cg", max_iter=30, tol=1e-2)
        model.fit(matrix[~inside], wanted[~inside])
        predicted[inside] = np.asarray(model.predict(matrix[inside])).reshape(inside.sum(), -1)
    return predicted


def _score(wanted: Floats, predicted: Floats, has_classes: bool) -> float:
    if has_classes:
        return 2 * auc(wanted > 0.5, predicted) - 1
    variance = wanted.var()
    return float(1 - ((wanted - predicted) ** 2).mean() / variance) if variance else 0.0
