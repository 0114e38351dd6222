"""One character or word language model per class; Bayes' rule says which of them wrote a text.

View: characters; or word_codes with `ORDER = 3` and `FIRST_DISCOUNT = 0.05`.

Kneser-Ney smoothing (Chen and Goodman 1999). Each row holds codes in reading order, from 1 up. A
small `FIRST_DISCOUNT` lets a symbol that a class never used count: words do, rare characters not.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import softmax

CLASSES = 2
ORDER = 7
DISCOUNT = 0.9
FIRST_DISCOUNT = 0.9
DAMPING = 0.3
LEAST_PROBABILITY = 1e-12
SHRINKAGE = 1e-5


@dataclass
class Level:
    """All n-grams of one length: discounted counts, and what each context keeps or passes on."""

    grams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray
    passed_on: np.ndarray


@dataclass
class Model:
    """The n-gram levels of each class, shortest first, and the calibration of scores."""

    labels: np.ndarray
    log_prior: np.ndarray
    levels: list[list[Level]]
    base: int
    calibration: np.ndarray


def fit(X: csr_matrix, y: np.ndarray) -> Model:
    """Count the n-grams of each class; `X` holds codes in reading order, (rows, positions)."""
    # [M:language_model] One n-gram model per class
    aside = (pd.Series(y).groupby(y).cumcount() % 5 == 4).to_numpy()
    trial = count_classes(X[~aside], y[~aside])
    model = count_classes(X, y)
    # [T:language_model] Nothing to iterate; every fifth text tells how sure to be
    model.calibration = fit_calibration(
        damped_scores(trial, X[aside]), y[aside, None] == trial.labels
    )
    return model


def count_classes(X: csr_matrix, y: np.ndarray) -> Model:
    """Count, discount and index the n-grams of every class."""
    base = int(X.data.max(initial=1)) + 1
    if ORDER * np.log2(base) > 62:
        raise ValueError(f"{base} symbols leave no room for n-grams of {ORDER} in 64 bits")
    labels, counts = np.unique(y, return_counts=True)
    grams = [ngrams(X[y == label], base)[0] for label in labels]
    levels = [smoothed_levels(one, base) for one in grams]
    return Model(labels, np.log(counts / len(y)), levels, base, np.zeros(len(labels) + 1))


def ngrams(X: csr_matrix, base: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Write the n-grams that end at each position as numbers in `base`, and the row of each.

    Each text ends with a mark of its own, code 0, which also fills the time before its start.
    """
    lengths = np.diff(X.indptr)
    codes = np.insert(np.where(X.data < base, X.data, 1), X.indptr[1:], 0).astype(np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths + 1)
    since_start = np.arange(len(codes)) - np.repeat(
        X.indptr[:-1] + np.arange(len(lengths)), lengths + 1
    )
    grams = [codes]
    for back in range(1, ORDER):
        earlier = np.concatenate([np.zeros(back, dtype=np.int64), codes])[: len(codes)]
        earlier[since_start < back] = 0
        grams.append(grams[-1] + earlier * base**back)
    return grams, rows


def smoothed_levels(grams: list[np.ndarray], base: int) -> list[Level]:
    """Build the levels of one class; shorter n-grams count the different symbols before them."""
    seen = [np.unique(level, return_counts=True) for level in grams]
    for length in range(1, ORDER):
        longer = seen[length][0]
        seen[length - 1] = np.unique(longer % base**length, return_counts=True)
    discounts = [FIRST_DISCOUNT] + [DISCOUNT] * (ORDER - 1)
    return [
        discounted(level, counts, discount, base)
        for (level, counts), discount in zip(seen, discounts, strict=True)
    ]


def discounted(grams: np.ndarray, counts: np.ndarray, discount: float, base: int) -> Level:
    """Take a share off each count and leave it to the shorter n-grams of the same context."""
    contexts, place = np.unique(grams // base, return_inverse=True)
    totals = np.bincount(place, counts)
    passed_on = discount * np.bincount(place) / totals
    return Level(grams, counts - discount, contexts, totals, passed_on)


def log_likelihood(levels: list[Level], grams: list[np.ndarray], base: int) -> np.ndarray:
    """Interpolate from single symbols up to the longest n-grams: one log-probability each."""
    chance = np.full(len(grams[0]), 1 / base)
    for level, wanted in zip(levels, grams, strict=True):
        place, found = look_up(level.grams, wanted)
        context, known = look_up(level.contexts, wanted // base)
        own = np.where(found, level.counts[place], 0) / level.totals[context]
        chance = np.where(known, own + level.passed_on[context] * chance, chance)
    return np.asarray(np.log(chance))


def look_up(table: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find each wanted number in a sorted table: its place, and whether it is there."""
    place = np.minimum(np.searchsorted(table, wanted), len(table) - 1)
    return place, table[place] == wanted


def damped_scores(model: Model, X: csr_matrix) -> np.ndarray:
    """Score each class, long texts less: their words repeat each other's evidence."""
    grams, rows = ngrams(X, model.base)
    _, first, place = np.unique(grams[-1], return_index=True, return_inverse=True)
    different = [level[first] for level in grams]
    likelihoods = [log_likelihood(levels, different, model.base) for levels in model.levels]
    sums = [np.bincount(rows, each[place], minlength=X.shape[0]) for each in likelihoods]
    lengths = np.bincount(rows, minlength=X.shape[0])[:, None]
    scores = np.column_stack(sums) + model.log_prior
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
    probabilities = np.zeros((X.shape[0], CLASSES))
    probabilities[:, model.labels] = calibrated(damped_scores(model, X), model.calibration)
    probabilities = np.clip(probabilities, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return probabilities[:, 1] if CLASSES == 2 else probabilities
