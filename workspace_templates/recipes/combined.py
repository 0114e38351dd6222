"""Words and numbers side by side, so that one linear model can weigh both."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack


def words_and_numbers(
    words: csr_matrix, numbers: pd.DataFrame, *, words_weigh: float = 3.0, number: float = 0.3
) -> csr_matrix:
    """Put scaled numbers beside rows of words of length one; the weights balance the penalty."""
    table = csr_matrix(numbers.to_numpy(dtype="float32") * np.float32(number))
    return csr_matrix(hstack([words * np.float32(words_weigh), table]))
