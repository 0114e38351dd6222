"""Texts as bytes in files without pickles, and what predicted texts are worth beside the true ones.

Each text ends with a NUL. Where texts are scored, a row's raw prediction is what its text is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DataError
from .metrics_labels import Floats
from .metrics_probabilities import RowFunction

Texts = npt.NDArray[np.object_]
END = "\0"


def packed(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Texts as bytes; marks of their ends within them become spaces."""
    joined = "".join(text.replace(END, " ") + END for text in texts)
    return np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)


def unpacked(raw: npt.NDArray[Any]) -> Texts:
    """The texts; raises DataError for anything but bytes."""
    if raw.dtype != np.uint8 or raw.ndim != 1:
        raise DataError(f"predictions are {raw.dtype} of shape {raw.shape}, no texts")
    try:
        texts = raw.tobytes().decode("utf-8", "surrogatepass").split(END)[:-1]
    except UnicodeDecodeError as error:
        raise DataError(f"predictions are no texts in UTF-8: {error}") from error
    return np.array(texts, dtype=object)


def same_text(truth: str, said: str) -> float:
    """1 for the text as it is, to the letter."""
    return float(truth == said)


def shared_words(truth: str, said: str) -> float:
    """Words that both have over words that either has, in any case; 1 where neither has any."""
    a, b = set(truth.lower().split()), set(said.lower().split())
    return len(a & b) / len(a | b) if a or b else 1.0


WORTH: dict[str, Callable[[str, str], float]] = {
    "exact_match": same_text,
    "word_jaccard": shared_words,
}


def worth(metric: str, truth: Texts, said: Texts) -> Floats:
    """What each text is worth in a metric, from 0 to 1."""
    pairs = zip(truth.tolist(), said.tolist(), strict=True)
    return np.array([WORTH[metric](*pair) for pair in pairs], np.float64)


def as_worth(y: Floats, answers: Floats) -> Floats:
    """Answers are what texts are worth already."""
    return answers


TEXT_ROWS: dict[str, RowFunction] = dict.fromkeys(WORTH, as_worth)
