"""Several labels a row in other forms than a column of yes and no each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

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
