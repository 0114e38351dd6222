"""Pixels that are rows of a table, put back into pictures."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd


def whole_pictures(X: pd.DataFrame) -> list[tuple[int, np.ndarray]]:
    """Put pixels back into pictures: where each begins among the rows, and its shades."""
    numbers = X["picture"].to_numpy()
    starts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    rows, shades = X["row"].to_numpy(), X["shade"].to_numpy(dtype="float32")
    return [
        (start, shades[start:end].reshape(int(rows[end - 1]) + 1, -1))
        for start, end in pairwise(starts)
        if end > start
    ]


def some_pixels(
    X: pd.DataFrame,
    y: np.ndarray,
    describe: Callable[[np.ndarray], np.ndarray],
    most: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Describe about `most` pixels, an equal share of each picture; and their answers."""
    rng, share = np.random.default_rng(seed), min(1.0, most / max(1, len(X)))
    described, answers = [], []
    for start, shades in whole_pictures(X):
        count = max(1, round(share * shades.size))
        chosen = np.sort(rng.permutation(shades.size)[:count])
        described.append(describe(shades)[chosen])
        answers.append(np.asarray(y)[start + chosen])
    return np.concatenate(described), np.concatenate(answers)
