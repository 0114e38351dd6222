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


def character_codes(text: pd.Series, fitted: dict[str, Any], *, rarest: int = 2) -> csr_matrix:
    """Code each character: cell (text, position) holds its code from 1, unknown ones are 1."""
    sequences = [list(letters) for letters in text]
    alphabet = remember(
        fitted, f"alphabet of {text.name} ({rarest})", partial(codebook, sequences, rarest)
    )
    return code_matrix(sequences, alphabet)


def word_codes(
    text: pd.Series, fitted: dict[str, Any], *, rarest: int = 2, lower: bool = False
) -> csr_matrix:
    """Code each word and mark: cell (text, position) holds its code from 1, unknown ones are 1."""
    spoken = text.str.lower() if lower else text
    sequences = [re.findall(WORDS_AND_MARKS, words) for words in spoken]
    lexicon = remember(
        fitted, f"lexicon of {text.name} ({rarest}, {lower})", partial(codebook, sequences, rarest)
    )
    return code_matrix(sequences, lexicon)


def codebook(sequences: Iterable[Iterable[str]], rarest: int) -> dict[str, int]:
    """Number the symbols seen at least `rarest` times, frequent ones first, from 2."""
    counts = Counter(symbol for sequence in sequences for symbol in sequence)
    kept = sorted((-count, symbol) for symbol, count in counts.items() if count >= rarest)
    return {symbol: code for code, (_, symbol) in enumerate(kept, start=UNKNOWN_CODE + 1)}


def code_matrix(sequences: Sequence[Sequence[str]], codes: dict[str, int]) -> csr_matrix:
    """Lay the codes of each sequence into a row, left to right: shape (texts, longest), int32."""
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    symbols = (codes.get(symbol, UNKNOWN_CODE) for sequence in sequences for symbol in sequence)
    data = np.fromiter(symbols, dtype=np.int32, count=int(ends[-1]))
    places = np.arange(ends[-1]) - np.repeat(ends[:-1], lengths)
    width = int(lengths.max(initial=1))
    return csr_matrix((data, places, ends), shape=(len(lengths), width))
