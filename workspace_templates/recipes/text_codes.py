"""Texts as sequences: each row holds the codes of its characters or words, in reading order."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.text_counts import WORDS_AND_MARKS

UNKNOWN_CODE = 1
# So many that n-grams of 7 characters or 3 words still fit into 64-bit numbers.
MOST_CHARACTERS = 400
MOST_WORDS = 1_000_000


def character_codes(text: pd.Series, fitted: dict[str, Any], *, rarest: int = 2) -> csr_matrix:
    """Code each character: cell (text, position) holds its code from 1, unknown ones are 1."""
    sequences = [list(letters) for letters in text]
    name = f"alphabet of {text.name} ({rarest})"
    alphabet = remember(fitted, name, partial(codebook, sequences, rarest, MOST_CHARACTERS))
    return code_matrix(sequences, alphabet)


def word_codes(
    text: pd.Series, fitted: dict[str, Any], *, rarest: int = 2, lower: bool = False
) -> csr_matrix:
    """Code each word and mark: cell (text, position) holds its code from 1, unknown ones are 1."""
    spoken = text.str.lower() if lower else text
    sequences = [re.findall(WORDS_AND_MARKS, words) for words in spoken]
    name = f"lexicon of {text.name} ({rarest}, {lower})"
    lexicon = remember(fitted, name, partial(codebook, sequences, rarest, MOST_WORDS))
    return code_matrix(sequences, lexicon)


def codebook(sequences: Iterable[Iterable[str]], rarest: int, most: int) -> dict[str, int]:
    """Number the `most` frequent symbols seen at least `rarest` times, from 2 up."""
    counts = Counter(symbol for sequence in sequences for symbol in sequence)
    kept = sorted((-count, symbol) for symbol, count in counts.items() if count >= rarest)
    return {symbol: code for code, (_, symbol) in enumerate(kept[:most], start=UNKNOWN_CODE + 1)}


def code_matrix(sequences: Sequence[Sequence[str]], codes: dict[str, int]) -> csr_matrix:
    """Lay the codes of each sequence into a row, left to right: shape (texts, longest), int32."""
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    symbols = (codes.get(symbol, UNKNOWN_CODE) for sequence in sequences for symbol in sequence)
    data = np.fromiter(symbols, dtype=np.int32, count=int(ends[-1]))
    places = np.arange(ends[-1]) - np.repeat(ends[:-1], lengths)
    width = int(lengths.max(initial=1))
    return csr_matrix((data, places, ends), shape=(len(lengths), width))
