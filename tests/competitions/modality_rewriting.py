"""Answers that are texts: words to be spoken, most as they are, and pieces of texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written

DIGITS = ("nul", "un", "du", "tri", "kvar", "kvin", "ses", "sep", "ok", "nau")
PLAIN = ("the", "river", "old", "of", "a", "town", "far", "green", "people", "went", "NA", ".")
SPOKEN = """# Speak it

Each token of a sentence becomes what one says; most stay as they are.

## Evaluation
Accuracy: the share of tokens that match exactly.
"""
CHOSEN = """# What shows the mood

`piece` is the part of `text` that shows its mood.

## Evaluation
The word-level Jaccard score, averaged over rows.
"""
GLAD, SAD = ("lovely", "great", "brilliant"), ("awful", "boring", "dreadful")
MOODS = {"glad": GLAD, "sad": SAD}


@dataclass(frozen=True)
class MadeTexts(Made):
    """Judged to the letter; `NA` is a word."""

    def error(self, submission: pd.DataFrame) -> float:
        """The share of rows that differ."""
        given = submission.set_index("id")["after"].fillna("NA")
        return float((given.reindex(self.answers["id"]).to_numpy() != self.answers["after"]).mean())


@dataclass(frozen=True)
class MadePieces(Made):
    """Judged by what words of pieces lack of a Jaccard index of one."""

    def error(self, submission: pd.DataFrame) -> float:
        """One less the mean Jaccard index."""
        given = submission.set_index("id")["piece"].fillna("").reindex(self.answers["id"])
        pairs = zip(given.str.split(), self.answers["piece"].str.split(), strict=True)
        return 1 - float(np.mean([len({*a} & {*b}) / len({*a} | {*b}) for a, b in pairs]))


def said(number: int) -> str:
    """A number of three digits in words; zeros are left out."""
    hundreds, tens, ones = (int(digit) for digit in f"{number:03d}")
    parts = [f"{DIGITS[hundreds]}cent", f"{DIGITS[tens]}dek", DIGITS[ones]]
    return " ".join(p for p, digit in zip(parts, (hundreds, tens, ones), strict=True) if digit)


def sentence(rng: np.random.Generator) -> list[tuple[str, str]]:
    """Tokens and what they become: "St" is a saint before a name, else a street."""
    tokens = [(word, word) for word in rng.choice(PLAIN, 4)]
    number = int(rng.integers(100, 1000))
    tokens.append((str(number), said(number)))
    holy = rng.random() < 0.5
    tokens += [("St", "saint"), ("Mary", "Mary")] if holy else [("St", "street"), ("ends", "ends")]
    letters = "".join(rng.choice(list("ABCDEFGH"), 3))
    return [*tokens, (letters, " ".join(letters.lower())), (".", ".")]


def rewritten_texts(folder: Path, seed: int) -> Made:
    """Sentences whose numbers, letters and abbreviations are rewritten; ids begin anew in test."""
    rng = np.random.default_rng(seed)
    sides = []
    for count in (260, 60):
        rows = [
            (number, place, source, text)
            for number in range(count)
            for place, (source, text) in enumerate(sentence(rng))
        ]
        sides.append(pd.DataFrame(rows, columns=["sentence", "token", "before", "after"]))
    train, test = sides
    folder.mkdir(parents=True, exist_ok=True)
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="after").to_csv(folder / "test.csv", index=False)
    ids = test["sentence"].astype(str) + "_" + test["token"].astype(str)
    answers = pd.DataFrame({"id": ids, "after": test["after"]})
    made = written(folder, SPOKEN, answers, "the")
    return MadeTexts(made.folder, made.answers, made.plain)


def pieces_of_texts(folder: Path, seed: int) -> Made:
    """Texts with a word or two of their mood among others; answers without mood are whole texts."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(1000):
        mood = str(rng.choice(["glad", "sad", "none"]))
        words = [str(word) for word in rng.choice(PLAIN[:10], 7)]
        piece = ""
        if mood in MOODS:
            place, count = int(rng.integers(0, 6)), int(rng.integers(1, 3))
            words[place : place + count] = rng.choice(MOODS[mood], count)
            piece = " ".join(words[place : place + count])
        text = " ".join(words)
        rows.append((f"t{number:03d}", text, mood, piece or text))
    table = pd.DataFrame(rows, columns=["id", "text", "mood", "piece"])
    train, test = table[:850], table[850:]
    folder.mkdir(parents=True, exist_ok=True)
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="piece").to_csv(folder / "test.csv", index=False)
    made = written(folder, CHOSEN, test[["id", "piece"]], "the river")
    return MadePieces(made.folder, made.answers, made.plain)
