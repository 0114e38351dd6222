"""Tables of unusual form: labels in one cell, several targets, mostly zeros."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written

ROWS, TESTS = 240, 60


def labels_in_a_cell(folder: Path, seed: int) -> Made:
    """Films with any number of genres, written as words with spaces between."""
    rng = np.random.default_rng(seed)
    count, names = ROWS + TESTS, np.array(["comedy", "crime", "drama", "war"])
    scores = rng.normal(0, 1, (count, 4))
    held = scores + rng.normal(0, 0.3, (count, 4)) > 0.3
    held[np.arange(count), scores.argmax(axis=1)] = True
    frame = pd.DataFrame(scores.round(4), columns=["a", "b", "c", "d"])
    frame.insert(0, "film", [f"f{k:04d}" for k in rng.permutation(count)])
    frame["genres"] = [" ".join(names[row]) for row in held]
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="genres").to_csv(folder / "test.csv", index=False)
    text = "# Genres\n\nPredict the `genres` of each film, separated by spaces.\n\n"
    text += "## Metric\nMean F1 score of the labels of each row.\n"
    return written(folder, text, frame.loc[ROWS:, ["film", "genres"]], "drama")


def several_targets(folder: Path, seed: int) -> Made:
    """Three numbers to predict."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    numbers = rng.normal(0, 1, (count, 5))
    frame = pd.DataFrame(numbers.round(4), columns=list("abcde"))
    frame.insert(0, "id", np.arange(count))
    for place, name in enumerate(("sand", "clay", "ph")):
        told = numbers @ rng.normal(0, 1, 5) + place
        frame[name] = (told + rng.normal(0, 0.1, count)).round(4)
    targets = ["sand", "clay", "ph"]
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns=targets).to_csv(folder / "test.csv", index=False)
    text = "# Soil\n\nPredict sand, clay and ph.\n\n## Metric\nMean columnwise root mean squared "
    return written(folder, f"{text}error.\n", frame.loc[ROWS:, ["id", *targets]], 0)


def mostly_zeros(folder: Path, seed: int) -> Made:
    """Counts of many things, of which nearly all are 0 in each row."""
    rng = np.random.default_rng(seed)
    count, columns = ROWS + TESTS, 120
    numbers = rng.poisson(0.1, (count, columns))
    told = numbers[:, :20].sum(axis=1)
    frame = pd.DataFrame(numbers, columns=[f"n{k}" for k in range(columns)])
    frame.insert(0, "id", np.arange(count))
    frame["label"] = (told > np.median(told)).astype(int)
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="label").to_csv(folder / "test.csv", index=False)
    text = "# Sparse\n\nPredict the probability of `label` 1.\n\n## Metric\nLogarithmic loss.\n"
    return written(folder, text, frame.loc[ROWS:, ["id", "label"]], 0)
