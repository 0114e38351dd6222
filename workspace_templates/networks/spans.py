"""Pieces of texts: their words with places, the signs of words, and the best piece."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

LIKELIEST = 40
"""Pieces of a text among which the true one is supposed to be."""
Place = tuple[int, int]


def words_of(text: str) -> list[Place]:
    """Find where each word begins and ends; only spaces part words."""
    return [match.span() for match in re.finditer(r"\S+", text)]


def ends_of(text: str, piece: str) -> Place:
    """Find the first and the last word that a piece has any of, where it stands first.

    All words where the text does not hold it.
    """
    begin = max(text.find(piece.strip()), 0)
    end = begin + len(piece.strip()) if piece.strip() in text else len(text)
    taken = [n for n, (a, b) in enumerate(words_of(text)) if a < end and b > begin]
    return (taken[0], taken[-1]) if taken else (0, len(words_of(text)) - 1)


def best_piece(first: np.ndarray, last: np.ndarray) -> Place:
    """Find the words from one to another that may be expected to share most with the true piece.

    `first` and `last` are the chances of each word to begin and to end it; what two pieces share is
    their common words over all words of both (Jaccard).
    """
    begins, ends = np.triu_indices(len(first))
    chances = first[begins] * last[ends]
    likely = np.argsort(-chances, kind="stable")[:LIKELIEST]
    a, b = begins[likely], ends[likely]
    common = np.minimum(ends[:, None], b) - np.maximum(begins[:, None], a) + 1
    common = np.maximum(common, 0)
    either = (ends - begins + 1)[:, None] + (b - a + 1) - common
    best = int(np.argmax((common / either) @ chances[likely]))
    return int(begins[best]), int(ends[best])


def best_pieces(texts: Iterable[str], first: np.ndarray, last: np.ndarray) -> Iterator[str]:
    """Cut the best piece out of each text, by chances of all words, one text after the other."""
    start = 0
    for text in texts:
        places = words_of(text)
        own = slice(start, start + len(places))
        start += len(places)
        if len(places) > 1:
            a, b = best_piece(first[own], last[own])
            yield text[places[a][0] : places[b][1]]
        else:
            yield text.strip()


def signs_of_words(X: pd.DataFrame) -> list[list[str]]:
    """Describe each word by signs: itself, its neighbours, its marks and its place.

    Each sign is told alone, and together with what stands beside the text.
    """
    beside = [name for name in X if name != "source"]
    described = []
    for row in X.to_dict("records"):
        kinds = [f"{name} {row[name]}" for name in beside]
        words = [row["source"][a:b] for a, b in words_of(row["source"])]
        framed = ["", "", *words, "", ""]
        for place, word in enumerate(words):
            near = framed[place : place + 5]
            signs = [f"{at} {one.lower()}" for at, one in enumerate(near)]
            signs += [f"mark {at} {one[-1:]}" for at, one in enumerate(near) if not one.isalnum()]
            signs += [
                f"bare {''.join(filter(str.isalnum, word.lower()))}",
                f"capitals {word.isupper()}",
                f"from start {min(place, 9)}",
                f"from end {min(len(words) - 1 - place, 9)}",
                f"words {len(words) // 3}",
            ]
            described.append([*signs, *kinds, *(f"{k} {sign}" for k in kinds for sign in signs)])
    return described
