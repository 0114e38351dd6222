"""Pixels that are rows of a table, put back into pictures."""

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
