"""Pictures that stand in columns, one for each pixel: strokes in grey, and fields in colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import zoom

from .modality import Made, written

ROWS, TESTS = 240, 60
SIDE, FIELD = 14, 12
TURNS = {"lying": 0.0, "rising": 0.25, "standing": 0.5, "falling": 0.75}


def strokes(rng: np.random.Generator, turns: np.ndarray) -> np.ndarray:
    """A stroke in each picture, (rows, SIDE, SIDE) from 0 to 255, at any place."""
    down, right = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    angles = (turns + rng.normal(0, 0.03, len(turns)))[:, None, None] * np.pi
    off = rng.uniform(-3, 3, len(turns))[:, None, None]
    far = np.abs(down * np.cos(angles) + right * np.sin(angles) + off)
    light = np.clip(2.0 - far, 0, 1) * rng.uniform(0.6, 1, len(turns))[:, None, None]
    return np.rint(255 * np.clip(light + rng.normal(0, 0.05, light.shape), 0, 1))


def fields(rng: np.random.Generator, count: int) -> np.ndarray:
    """Soft patches of colour, (rows, FIELD, FIELD, 3) from 0 to 1."""
    coarse = rng.uniform(0, 1, (count, 4, 4, 3))
    return np.asarray(zoom(coarse, (1, FIELD / 4, FIELD / 4, 1), order=1))


def pictures_in_columns(folder: Path, seed: int) -> Made:
    """Strokes of four directions; the test numbers its pictures in the sample alone."""
    rng, names = np.random.default_rng(seed), np.array(list(TURNS))
    labels = rng.integers(0, len(names), ROWS + TESTS)
    pictures = strokes(rng, np.array(list(TURNS.values()))[labels])
    frame = pd.DataFrame(pictures.reshape(len(pictures), -1).astype(int))
    frame = frame.set_axis([f"pixel{n}" for n in range(SIDE * SIDE)], axis=1)
    frame.insert(0, "direction", names[labels])
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="direction").to_csv(folder / "test.csv", index=False)
    answers = pd.DataFrame({"ImageId": np.arange(1, TESTS + 1), "direction": names[labels[ROWS:]]})
    text = "# Strokes\n\nPredict the `direction` of the stroke in each picture.\n\n"
    return written(folder, f"{text}## Metric\nAccuracy.\n", answers, "lying")


def pictures_in_cells(folder: Path, seed: int) -> Made:
    """The same strokes, all pixels of one in a cell."""
    made = pictures_in_columns(folder, seed)
    for file in ("train.csv", "test.csv"):
        frame = pd.read_csv(folder / file)
        pixels = frame.filter(like="pixel").astype(str).agg(" ".join, axis=1)
        others = frame[[name for name in frame if not name.startswith("pixel")]]
        others.assign(pixels=pixels).to_csv(folder / file, index=False)
    return made


def colours_in_columns(folder: Path, seed: int) -> Made:
    """How green the lower half of a picture is, whose colours stand one plane after the other."""
    pictures = fields(np.random.default_rng(seed), ROWS + TESTS)
    planes = pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1)
    frame = pd.DataFrame(planes.round(4)).add_prefix("x_")
    frame.insert(0, "id", np.arange(len(frame)))
    frame["green"] = (100 * pictures[:, FIELD // 2 :, :, 1].mean(axis=(1, 2))).round(3)
    folder.mkdir(parents=True)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns="green").to_csv(folder / "test.csv", index=False)
    text = "# Fields\n\nPredict `green`.\n\n## Metric\nRoot mean squared error.\n"
    return written(folder, text, frame.loc[ROWS:, ["id", "green"]], 0)
