"""Several labels a row in other forms than a column of yes and no each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from .media import write_tone
from .modality import Made, written

ROWS, TESTS = 240, 60
KINDS = np.array(["Bark", "Door (slam)", "Rain", "Siren"])


def heard(rng: np.random.Generator, count: int) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Clips with four numbers, each of which tells one label; every clip has one at least."""
    scores = rng.normal(0, 1, (count, 4))
    held = scores + rng.normal(0, 0.2, (count, 4)) > 0.5
    held[np.arange(count), scores.argmax(axis=1)] = True
    frame = pd.DataFrame(scores.round(4), columns=["a", "b", "c", "d"])
    frame.insert(0, "clip", [f"c{k:04d}.wav" for k in rng.permutation(count)])
    return frame, held


def cells_and_columns(folder: Path, seed: int) -> Made:
    """Labels in one cell with commas between them; the sample has a column for each."""
    rng = np.random.default_rng(seed)
    frame, held = heard(rng, ROWS + TESTS)
    folder.mkdir(parents=True)
    told = frame.assign(labels=[",".join(KINDS[row]) for row in held])
    told[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].to_csv(folder / "test.csv", index=False)
    text = "# Sounds\n\nPredict the probability of each label.\n\n## Evaluation\n"
    text += "Label-weighted label-ranking average precision (lwlrap).\n"
    answers = pd.DataFrame(held[ROWS:, ::-1].astype(int), columns=KINDS[::-1])
    answers.insert(0, "clip", frame["clip"][ROWS:].to_numpy())
    return written(folder, text, answers, 0)


def two_tables(folder: Path, seed: int) -> Made:
    """Clips of one tone or of two, in two tables with folders of their own; labels in a cell."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    held = rng.random((count, 2)) < 0.5
    held[~held.any(axis=1), 0] = True
    clips = np.array([f"{k:06x}.wav" for k in rng.permutation(1 << 20)[:count] + (1 << 20)])
    sides = np.where(np.arange(count) < 80, "train_clean", "train_web")
    sides[ROWS:] = "test"
    for clip, side, row in zip(clips, sides, held, strict=True):
        write_tone(folder / side / clip, np.array([500.0, 2_000.0])[row], rng)
    told = [",".join(np.array(["low", "high"])[row]) for row in held]
    frame = pd.DataFrame({"clip": clips, "labels": told})
    for side in ("train_clean", "train_web"):
        frame[sides == side].to_csv(folder / f"{side}.csv", index=False)
    text = "# Tones\n\nPredict the probability of each label.\n\n## Evaluation\nlwlrap.\n"
    answers = pd.DataFrame(held[ROWS:].astype(int), columns=["low", "high"])
    answers.insert(0, "clip", clips[ROWS:])
    return written(folder, text, answers, 0)


def lines_of_labels(folder: Path, seed: int) -> Made:
    """Recordings with any number of labels in a line, hidden ones as a question mark.

    Numbers and file names stand in tables with the same ids, and ids of the sample hold the label.
    """
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    scores = rng.normal(0, 1, (count, 4))
    held = scores + rng.normal(0, 0.2, (count, 4)) > 0.5
    ids, test = np.arange(7, 7 + count), rng.permutation(count) < TESTS
    for name in ids:
        write_tone(folder / "data" / "wavs" / f"r{name}.wav", 900.0, rng)
    told = [",".join(map(str, np.flatnonzero(row))) for row in held]
    rows = ["?" if hidden else row for row, hidden in zip(told, test, strict=True)]
    shown = [f"{n},{row}" if row else str(n) for n, row in zip(ids, rows, strict=True)]
    vectors = pd.DataFrame(scores.round(4), index=ids).to_csv(header=False).split()
    names = [f"{n},r{n}" for n in ids]
    for file, lines in (
        ("labels_test_hidden.txt", ["rec_id,[labels]", *shown]),
        ("vectors.txt", ["rec_id,[vector]", *vectors]),
        ("names.txt", ["rec_id,filename", *names]),
    ):
        (folder / "data" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = "# Recordings\n\nPredict the probability of each label.\n\n## Evaluation\n"
    text += "Area under the ROC curve.\n"
    answers = pd.DataFrame(
        {
            "Id": (ids[test][:, None] * 100 + np.arange(4)).ravel(),
            "Probability": held[test].ravel().astype(int),
        }
    )
    return written(folder, text, answers, 0)
