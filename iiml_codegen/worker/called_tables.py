"""Which files of one folder are tables by what they are called, and no files by id."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from .name_words import words_of
from .tables import SUFFIXES

TRAIN = ("train",)
OTHERS = ("test", "holdout", "eval", "sample", "submission", "submit")
FEWEST_BY_ID = 5
MOST_TABLES = 30


def called_tables(names: list[str]) -> frozenset[str]:
    """Names among which some tell of train and others of test or sample, with those beside them.

    Names that differ in numbers only are files by id where there are five and more of them. Among
    very many names that do not, only those that tell of a side are tables.
    """
    families: dict[str, list[str]] = {}
    for name in names:
        if PurePosixPath(name).suffix.lower() in SUFFIXES:
            families.setdefault(re.sub(r"\d+", "0", name.lower()), []).append(name)
    few = [name for some in families.values() if len(some) < FEWEST_BY_ID for name in some]
    train, others = ([name for name in few if tells(name, words)] for words in (TRAIN, OTHERS))
    if not train or not set(others) - set(train):
        return frozenset()
    return frozenset(few if len(few) <= MOST_TABLES else [*train, *others])


def tells(name: str, beginnings: tuple[str, ...]) -> bool:
    """True if a word of the name begins like that."""
    return any(word.startswith(beginnings) for word in words_of(PurePosixPath(name).stem))
