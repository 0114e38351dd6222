"""A competition whose answers are the likeliest labels of each row, the best first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written

ROWS, TESTS = 300, 80
LABELS = ("DAP", "Urea", "14-35-14", "10-26-26", "20-20", "28-28")


def fertilizers(folder: Path, seed: int, places: int = 3, described: bool = True) -> Made:
    """Soil and weather say which of six fertilizers suits; `places` of them may be named."""
    rng = np.random.default_rng(seed)
    soil = rng.normal(size=(ROWS + TESTS, 4))
    scores = soil @ rng.normal(size=(4, len(LABELS))) + 0.3 * rng.gumbel(size=(len(soil), 6))
    frame = pd.DataFrame(soil.round(4), columns=["nitrogen", "moisture", "heat", "acid"])
    frame.insert(0, "id", np.arange(len(frame)))
    frame["Fertilizer"] = np.asarray(LABELS)[scores.argmax(axis=1)]
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="Fertilizer").to_csv(folder / "test.csv", index=False)
    usual = frame["Fertilizer"].value_counts().index[:places]
    text = f"# Which fertilizer?\n\n## Evaluation\nMAP@{places}: up to {places} labels a row.\n"
    answers = frame.loc[ROWS:, ["id", "Fertilizer"]]
    told = text if described else "# Which fertilizer?\n"
    return written(folder, told, answers, " ".join(usual))


def precision(made: Made, submission: pd.DataFrame) -> float:
    """Mean average precision: one by the place of the true label, zero where it is not named."""
    named = submission.set_index("id").loc[made.answers["id"], "Fertilizer"].str.split()
    pairs = zip(named, made.answers["Fertilizer"], strict=True)
    return float(np.mean([1 / (1 + row.index(true)) if true in row else 0 for row, true in pairs]))
