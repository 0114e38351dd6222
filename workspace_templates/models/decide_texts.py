"""Decide on texts: what the model said, to the letter."""

import numpy as np


def decide(raw: np.ndarray) -> np.ndarray:
    """Read the texts out of their bytes; a NUL ends each."""
    texts = raw.tobytes().decode("utf-8", "surrogatepass").split("\0")[:-1]
    return np.array(texts, dtype=object)
