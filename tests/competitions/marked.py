"""A competition whose every cell bears a mark, so that a test sees where cells get to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

MARKED = "zq"
BIG = 73_519.0
"""All words of the tables begin with the mark, all amounts lie just above this number."""


def write_marked(folder: Path, rows: int = 300) -> None:
    """A competition whose cells, labels and class columns can all be told from names of ours."""
    rng = np.random.default_rng(0)
    labels = np.array([f"{MARKED}ash", f"{MARKED}birch", f"{MARKED}cedar"])
    kind = rng.integers(0, 3, rows)
    words = [f"{MARKED}{w}" for w in ("one", "two", "three", "four")]
    frame = pd.DataFrame(
        {
            "id": [f"{MARKED}{n}" for n in range(rows)],
            "amount": (BIG + kind + rng.random(rows)).round(3),
            "shape": rng.choice(words, rows),
            "code": [
                f"{MARKED}{c}{n}" for c, n in zip(kind, rng.integers(1, 90, rows), strict=True)
            ],
            "note": [" ".join(rng.choice(words, 12)) for _ in range(rows)],
            "kind": labels[kind],
        }
    )
    train, test = frame[: rows * 3 // 4], frame[rows * 3 // 4 :].drop(columns="kind")
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    sample = test[["id"]].assign(**dict.fromkeys(labels, 1 / 3))
    sample.to_csv(folder / "sample_submission.csv", index=False)
    text = "# Trees\n\nTell the `kind`.\n\n## Metric\n\nMulti-class logarithmic loss.\n"
    (folder / "description.md").write_text(text, "utf-8")
