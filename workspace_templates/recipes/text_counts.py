"""Texts as sparse tables: one row per text, one column per word or character sequence."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

# Punctuation marks are words of their own: they carry an author's rhythm and a writer's temper.
WORDS_AND_MARKS = r"\w+(?:['\u2019]\w+)?|[^\w\s]"


def word_counts(
    text: pd.Series,
    fitted: dict[str, Any],
    *,
    longest: int = 2,
    rarest: int = 1,
    lower: bool = False,
) -> csr_matrix:
    """Count words, marks and their sequences up to `longest`: shape (texts, n-grams), float32."""
    vectoriser = CountVectorizer(
        token_pattern=WORDS_AND_MARKS,
        lowercase=lower,
        ngram_range=(1, longest),
        min_df=rarest,
        dtype=np.float32,
    )
    name = f"word counts of {text.name} ({longest}, {rarest}, {lower})"
    return text_matrix(text, fitted, name, vectoriser)


def word_tfidf(
    text: pd.Series,
    fitted: dict[str, Any],
    *,
    longest: int = 2,
    rarest: int = 1,
    lower: bool = False,
) -> csr_matrix:
    """Weigh words, marks and their sequences by rarity: rows of length one, float32."""
    vectoriser = TfidfVectorizer(
        token_pattern=WORDS_AND_MARKS,
        lowercase=lower,
        ngram_range=(1, longest),
        min_df=rarest,
        sublinear_tf=True,
        dtype=np.float32,
    )
    name = f"word weights of {text.name} ({longest}, {rarest}, {lower})"
    return text_matrix(text, fitted, name, vectoriser)


def char_tfidf(
    text: pd.Series,
    fitted: dict[str, Any],
    *,
    shortest: int = 1,
    longest: int = 5,
    rarest: int = 4,
    lower: bool = False,
) -> csr_matrix:
    """Weigh character sequences by rarity: survives misspelt, glued and disguised words."""
    vectoriser = TfidfVectorizer(
        analyzer="char",
        lowercase=lower,
        ngram_range=(shortest, longest),
        min_df=rarest,
        sublinear_tf=True,
        dtype=np.float32,
    )
    name = f"character weights of {text.name} ({shortest}, {longest}, {rarest}, {lower})"
    return text_matrix(text, fitted, name, vectoriser)


def text_matrix(
    text: pd.Series, fitted: dict[str, Any], name: str, vectoriser: CountVectorizer
) -> csr_matrix:
    """Learn the vocabulary on the first call, and reuse it for every later text.

    Not `remember`, because learning and counting in one pass takes half the time. Only the second
    way gives sorted columns; unsorted ones would be summed in another order, to another last digit.
    """
    if name in fitted:
        return csr_matrix(fitted[name].transform(text))
    counts = csr_matrix(vectoriser.fit_transform(text))
    counts.sort_indices()
    fitted[name] = vectoriser
    return counts
