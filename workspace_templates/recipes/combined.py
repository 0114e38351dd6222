"""Words, lists and numbers side by side, so that one linear model can weigh all."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack


def words_and_numbers(
    words: csr_matrix,
    numbers: pd.DataFrame,
    items: Sequence[csr_matrix] = (),
    *,
    word: float = 3.0,
    item: float = 2.0,
    number: float = 0.3,
) -> csr_matrix:
    """Put scaled numbers and items of lists beside words; the weights balance one penalty.

    `words` and each of `items` have rows of length one.
    """
    table = csr_matrix(numbers.to_numpy(dtype="float32") * np.float32(number))
    lists = [part * np.float32(item) for part in items]
    return csr_matrix(hstack([words * np.float32(word), *lists, table]))
