"""Solves digits whose pixels stand in 784 columns, beside a forest on the same columns.

    python benchmarks/drawn_digits.py [--rows 42000] [--tests 28000] [--budget 300s] [--seed 0]

The digits are those of scikit-learn (8 x 8, Alpaydin and Kaynak 1998), enlarged to 28 x 28, turned,
sheared, moved and sharpened by chance; test pictures come from other writings than training ones.
Prints the accuracy of both and the seconds that each took.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from competitions import solve
from scipy.ndimage import affine_transform, zoom
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier

SIDE, INNER = 28, 20
MARGIN = (SIDE - INNER) // 2
TRAINING_SHARE = 0.6
DESCRIPTION = """# Drawn digits

Each row is a grey picture of a digit, 28 pixels high and 28 wide; `pixel0` to `pixel783` are its
shades from 0 to 255. Predict the `label`.

## Evaluation

Categorization accuracy.
"""


def draw(rng: np.random.Generator, writing: np.ndarray) -> np.ndarray:
    """One digit, turned, sheared, moved and sharpened: (SIDE, SIDE) from 0 to 255."""
    whole = np.zeros((SIDE, SIDE))
    whole[MARGIN : MARGIN + INNER, MARGIN : MARGIN + INNER] = writing
    turn, sheared = rng.normal(0, 0.12, 2)
    high, wide = 1 + rng.normal(0, 0.1, 2)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moves = turned @ np.array([[high, sheared], [0.0, wide]])
    middle = np.full(2, (SIDE - 1) / 2)
    offset = middle - moves @ (middle + rng.normal(0, 1.2, 2))
    seen = affine_transform(whole, moves, offset, order=1)
    noise = rng.normal(0, 0.02, seen.shape) * (seen > 0.05)
    return np.rint(255 * np.clip(2 * (seen - 0.3) + noise, 0, 1))


def table(rng: np.random.Generator, places: np.ndarray, rows: int) -> pd.DataFrame:
    """So many drawn digits of the writings at these places, a column for each pixel."""
    digits = load_digits()
    enlarged = {
        place: np.clip(zoom(digits.images[place] / 16.0, INNER / 8, order=3), 0, 1)
        for place in places
    }
    chosen = rng.choice(places, rows)
    pixels = np.stack([draw(rng, enlarged[place]).ravel() for place in chosen]).astype(int)
    frame = pd.DataFrame(pixels).add_prefix("pixel")
    frame.insert(0, "label", digits.target[chosen])
    return frame


def forest_accuracy(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> float:
    """What extremely randomised trees make of the raw columns, on all cores."""
    forest = ExtraTreesClassifier(200, random_state=seed, n_jobs=-1)
    forest.fit(train.drop(columns="label"), train["label"])
    return float(np.mean(forest.predict(test.drop(columns="label")) == test["label"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=42_000)
    parser.add_argument("--tests", type=int, default=28_000)
    parser.add_argument("--budget", default="300s")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    order = rng.permutation(len(load_digits().target))
    cut = int(TRAINING_SHARE * len(order))
    train = table(rng, order[:cut], options.rows)
    test = table(rng, order[cut:], options.tests)
    with tempfile.TemporaryDirectory(prefix="iiml-bench-") as place:
        folder, cache = Path(place) / "digits", Path(place) / "cache"
        folder.mkdir()
        cache.mkdir()
        (folder / "description.md").write_text(DESCRIPTION, encoding="utf-8")
        train.to_csv(folder / "train.csv", index=False)
        test.drop(columns="label").to_csv(folder / "test.csv", index=False)
        sample = pd.DataFrame({"ImageId": np.arange(1, len(test) + 1), "Label": 0})
        sample.to_csv(folder / "sample_submission.csv", index=False)
        began = time.monotonic()
        problem = solve(folder, options.seed, options.budget, cache)
        took = time.monotonic() - began
        if problem:
            raise SystemExit(problem)
        answers = pd.read_csv(folder / "submission.csv")["Label"]
    print(
        f"iiML, {options.budget}: {np.mean(answers.to_numpy() == test['label']):.4f} ({took:.0f} s)"
    )
    began = time.monotonic()
    accuracy = forest_accuracy(train, test, options.seed)
    print(f"extra trees on pixels: {accuracy:.4f} ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
