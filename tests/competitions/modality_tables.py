"""Tables of unusual form: labels in one cell, several targets, very wide, mostly zeros."""

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


def very_wide(folder: Path, seed: int, columns: int = 5_000) -> Made:
    """Spectra: far more columns than rows, a few of which tell the answer."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    numbers = rng.normal(0, 1, (count, columns))
    told = numbers[:, :12].sum(axis=1)
    numbers[:, 12:400] += told[:, None] * rng.uniform(0, 0.4, 388)
    frame = pd.DataFrame(numbers.round(3), columns=[f"m{k}" for k in range(columns)])
    frame.insert(0, "id", [f"s{k:04d}" for k in range(count)])
    frame["carbon"] = (told + rng.normal(0, 0.3, count)).round(4)
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="carbon").to_csv(folder / "test.csv", index=False)
    text = "# Spectra\n\nPredict `carbon`.\n\n## Metric\nRoot mean squared error.\n"
    return written(folder, text, frame.loc[ROWS:, ["id", "carbon"]], 0)


def mostly_zeros(folder: Path, seed: int) -> Made:
    """Lines of `label index:value`, as LIBSVM writes them; the test's labels are all 0."""
    rng = np.random.default_rng(seed)
    count, columns = ROWS + TESTS, 300
    numbers = rng.poisson(0.1, (count, columns)).astype(float)
    told = numbers[:, :40].sum(axis=1)
    label = (told > np.median(told)).astype(int)
    lines = []
    for row, one in zip(numbers, label, strict=True):
        cells = " ".join(f"{k + 1}:{row[k]:g}" for k in np.flatnonzero(row))
        lines.append((one, cells))
    folder.mkdir(parents=True)
    train = "".join(f"{one} {cells}\n" for one, cells in lines[:ROWS])
    (folder / "train.svmlight").write_text(train)
    (folder / "test.svmlight").write_text("".join(f"0 {cells}\n" for _, cells in lines[ROWS:]))
    answers = pd.DataFrame({"id": np.arange(TESTS), "label": label[ROWS:]})
    text = "# Sparse\n\nPredict the probability of `label` 1.\n\n## Metric\nLogarithmic loss.\n"
    return written(folder, text, answers, 0)
