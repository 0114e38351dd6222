"""Two texts of a row compared: how many words and letters they share, and how rare these are."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember

WORDS_OF_PAIRS = re.compile(r"\w+(?:['\u2019]\w+)?")
DENIALS = frozenset({"no", "not", "never", "nothing", "nobody", "none", "without", "cannot"})
LETTERS_TOGETHER = 3


def text_pair_statistics(
    first: pd.Series, second: pd.Series, fitted: dict[str, Any], name: str = "pair"
) -> pd.DataFrame:
    """Measure overlap, weight of shared words, order, lengths and denials: one row per pair.

    A shared word weighs the more the rarer it is over all texts (inverse document frequency).
    """
    words = [[words_of(text) for text in side] for side in (first, second)]
    learn = partial(rarity_of_words, [*words[0], *words[1]])
    rarity: dict[str, float] = remember(fitted, f"rarity of words of {name}", learn)
    rarest = max(rarity.values(), default=1.0)
    rows = [
        {**word_overlap(left, right, rarity, rarest), **letter_overlap(one, other)}
        for left, right, one, other in zip(*words, first, second, strict=True)
    ]
    found = pd.DataFrame(rows, index=first.index).astype("float32")
    return found.add_prefix(f"{name}_")


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case and in their order."""
    return WORDS_OF_PAIRS.findall(text.lower())


def rarity_of_words(texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weigh each word by the logarithm of the share of texts that have it."""
    counts = Counter(word for text in texts for word in set(text))
    return {word: float(np.log((1 + len(texts)) / (1 + n))) for word, n in counts.items()}


def word_overlap(
    left: Sequence[str], right: Sequence[str], rarity: dict[str, float], rarest: float
) -> dict[str, float]:
    """What two lists of words share, and where they differ; unknown words count as the rarest."""
    ours, theirs = set(left), set(right)
    shared, either = ours & theirs, ours | theirs
    weights = {word: rarity.get(word, rarest) for word in either}
    heavy, all_of_it = sum(weights[w] for w in shared), sum(weights.values())
    new = sorted((weights[w] for w in theirs - ours), reverse=True)
    pairs = [set(pairwise(words)) for words in (left, right)]
    return {
        "shared": float(len(shared)),
        "overlap": len(shared) / max(1, len(either)),
        "of_first": len(shared) / max(1, len(ours)),
        "of_second": len(shared) / max(1, len(theirs)),
        "weighed": heavy / max(1e-9, all_of_it),
        "rarest_alone": max((weights[w] for w in ours ^ theirs), default=0.0),
        "new_in_second": sum(new),
        "rarest_new": new[0] if new else 0.0,
        "pairs": len(pairs[0] & pairs[1]) / max(1, len(pairs[0] | pairs[1])),
        "first_word": float(left[:1] == right[:1]),
        "last_word": float(left[-1:] == right[-1:]),
        "longer": float(len(left) - len(right)),
        "lengths": min(len(left), len(right)) / max(1, len(left), len(right)),
        "denials": float(sum(w in DENIALS or w.endswith("n't") for w in right))
        - float(sum(w in DENIALS or w.endswith("n't") for w in left)),
        "numbers": float({w for w in ours if w.isdigit()} == {w for w in theirs if w.isdigit()}),
    }


def letter_overlap(first: str, second: str) -> dict[str, float]:
    """Which sequences of letters two texts share: misspelt and bent words are seen too."""
    ours, theirs = (letter_sequences(text) for text in (first, second))
    return {
        "letters": len(ours & theirs) / max(1, len(ours | theirs)),
        "same": float(first == second),
    }


def letter_sequences(text: str) -> set[str]:
    """All sequences of a few letters."""
    plain = " ".join(text.lower().split())
    return {plain[k : k + LETTERS_TOGETHER] for k in range(len(plain) - LETTERS_TOGETHER + 1)}
