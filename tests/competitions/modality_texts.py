"""Pairs of texts: two questions that may ask the same, a premise with its hypothesis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written
from .texts import vocabulary

ROWS, TESTS = 400, 100


def questions(folder: Path, seed: int) -> Made:
    """Two questions: the same asked in another order with a word exchanged, or another one."""
    rng = np.random.default_rng(seed)
    words = vocabulary(rng, 300)
    rows = []
    for number in range(ROWS + TESTS):
        first = rng.choice(words, rng.integers(6, 12), replace=False)
        same = int(rng.random() < 0.4)
        second = rng.permutation(first)
        if same:
            second[0] = rng.choice(words)
        else:
            kept = rng.integers(1, 4)
            second = np.concatenate([second[:kept], rng.choice(words, len(first) - kept)])
        asked = [" ".join(part).capitalize() + "?" for part in (first, second)]
        rows.append((number, *asked, same))
    frame = pd.DataFrame(rows, columns=["id", "question1", "question2", "is_duplicate"])
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="is_duplicate").to_csv(folder / "test.csv", index=False)
    text = "# Same question?\n\nPredict the probability that both questions ask the same.\n\n"
    text += "## Metric\nLogarithmic loss.\n"
    return written(folder, text, frame.loc[ROWS:, ["id", "is_duplicate"]], 0)


def entailment(folder: Path, seed: int) -> Made:
    """A premise and a hypothesis that follows, contradicts (it says `not`), or is about others."""
    rng = np.random.default_rng(seed)
    words = vocabulary(rng, 300)
    rows = []
    for number in range(ROWS + TESTS):
        premise = rng.choice(words, rng.integers(8, 14), replace=False)
        label = rng.choice(["entailment", "contradiction", "neutral"])
        said = rng.permutation(premise)[:5]
        if label == "neutral":
            said = rng.choice(words, 5)
        elif label == "contradiction":
            said = np.insert(said.astype(object), 1, "not")
        rows.append((f"p{number}", " ".join(premise) + ".", " ".join(said) + ".", label))
    frame = pd.DataFrame(rows, columns=["id", "premise", "hypothesis", "label"])
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="label").to_csv(folder / "test.csv", index=False)
    text = "# Does it follow?\n\nPredict the `label` of each pair.\n\n## Metric\nAccuracy.\n"
    most = str(frame["label"].mode()[0])
    return written(folder, text, frame.loc[ROWS:, ["id", "label"]], most)
