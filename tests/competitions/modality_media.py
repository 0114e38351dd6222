"""Media: several kinds by one id, several pictures a row, a file a row, pictures as answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from .media import write_picture, write_tone
from .modality import Made, written

ROWS, TESTS = 90, 30
RMSE = "\n\n## Metric\nRoot mean squared error.\n"


def two_tables(folder: Path, frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Write train and test; gives the answers."""
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].drop(columns=target).to_csv(folder / "test.csv", index=False)
    return frame.loc[ROWS:, [frame.columns[0], target]]


def several_media(folder: Path, seed: int) -> Made:
    """A table, a picture and a sound for each animal; each tells a part of its weight."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    folder.mkdir(parents=True)
    age, colour, pitch = rng.uniform(0, 10, count), rng.integers(0, 3, count), rng.random(count)
    frame = pd.DataFrame({"animal": [f"a{k:04d}" for k in rng.permutation(count)], "age": age})
    frame["weight"] = (2 * age + 6 * colour + 20 * pitch + rng.normal(0, 0.5, count)).round(3)
    for name, shade, high in zip(frame["animal"], colour, pitch, strict=True):
        write_picture(folder / "images" / f"{name}.png", int(shade), rng)
        write_tone(folder / "sounds" / f"{name}.wav", 300 + 2500 * high, rng)
    answers = two_tables(folder, frame.round(3), "weight")
    return written(folder, f"# Weights\n\nPredict `weight` of each animal.{RMSE}", answers, 0)


def several_pictures(folder: Path, seed: int) -> Made:
    """One to three pictures for each pet, called `<id>-1.png`; brighter ones are adopted sooner."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    folder.mkdir(parents=True)
    frame = pd.DataFrame({"pet": [f"p{k:04d}" for k in rng.permutation(count)]})
    frame["age"] = rng.uniform(0, 10, count).round(2)
    speed = rng.integers(0, 3, count)
    frame["days"] = (30 * speed + 2 * frame["age"] + rng.normal(0, 1, count)).round(3)
    for side, part in (("train_images", frame[:ROWS]), ("test_images", frame[ROWS:])):
        for name, fast in zip(part["pet"], speed[part.index], strict=True):
            for number in range(1, int(rng.integers(1, 4)) + 1):
                write_picture(folder / side / f"{name}-{number}.png", int(fast), rng)
    answers = two_tables(folder, frame, "days")
    return written(folder, f"# Adoption\n\nPredict `days` to adoption.{RMSE}", answers, 0)


def file_of_series(folder: Path, seed: int) -> Made:
    """A recording for each machine in `records/<id>.csv`: its vibration tells when it fails."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    (folder / "records").mkdir(parents=True)
    wear = rng.uniform(0, 1, count)
    frame = pd.DataFrame({"machine": [f"m{k:03d}" for k in rng.permutation(count)]})
    frame["hours"] = (100 * (1 - wear) + rng.normal(0, 2, count)).round(3)
    for name, worn in zip(frame["machine"], wear, strict=True):
        steps = int(rng.integers(40, 60))
        told = {
            "time": np.arange(steps),
            "vibration": rng.normal(0, 0.2 + worn, steps).round(4),
            "heat": (40 + 10 * worn + rng.normal(0, 4, steps)).round(3),
        }
        pd.DataFrame(told).to_csv(folder / "records" / f"{name}.csv", index=False)
    answers = two_tables(folder, frame, "hours")
    return written(folder, f"# Failures\n\nPredict `hours` to failure.{RMSE}", answers, 0)


def file_of_json(folder: Path, seed: int) -> Made:
    """A JSON document for each house, with numbers and names at several depths."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    (folder / "houses").mkdir(parents=True)
    area, rooms = rng.uniform(40, 200, count).round(1), rng.integers(1, 6, count)
    frame = pd.DataFrame({"house": [f"h{k:03d}" for k in rng.permutation(count)]})
    frame["price"] = (2 * area + 25 * rooms + rng.normal(0, 5, count)).round(2)
    for name, size, many in zip(frame["house"], area, rooms, strict=True):
        plan = [{"kind": "room", "door": bool(rng.integers(0, 2))} for _ in range(many)]
        told = {"outside": {"area": size, "roof": str(rng.choice(["flat", "steep"]))}, "plan": plan}
        (folder / "houses" / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
    answers = two_tables(folder, frame, "price")
    return written(folder, f"# Prices\n\nPredict `price` of each house.{RMSE}", answers, 0)


def broken_media(folder: Path, seed: int) -> Made:
    """Pictures of which some are cut off, empty, or not there."""
    made = several_pictures_of_one(folder, seed)
    files = sorted((folder / "images").glob("*.png"))
    for path in files[::15]:
        path.write_bytes(path.read_bytes()[:40])
    for path in files[1::20]:
        path.write_bytes(b"")
    for path in files[2::30]:
        path.unlink()
    return made


def several_pictures_of_one(folder: Path, seed: int) -> Made:
    """A picture for each row."""
    rng = np.random.default_rng(seed)
    count = ROWS + TESTS
    folder.mkdir(parents=True)
    shade = rng.integers(0, 3, count)
    frame = pd.DataFrame({"id": [f"x{k:04d}" for k in rng.permutation(count)]})
    frame["price"] = (30 * shade + rng.normal(0, 1, count)).round(3)
    for name, colour in zip(frame["id"], shade, strict=True):
        write_picture(folder / "images" / f"{name}.png", int(colour), rng)
    answers = two_tables(folder, frame, "price")
    return written(folder, f"# Prices\n\nPredict `price` from the picture.{RMSE}", answers, 0)


def page(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A clean page of dark strokes, and the same with stains and noise."""
    clean = np.ones(size)
    for _ in range(6):
        row, left = rng.integers(2, size[0] - 3), rng.integers(0, size[1] // 2)
        clean[row : row + 2, left : left + int(rng.integers(6, size[1] // 2))] = rng.uniform(0, 0.4)
    first, last = rng.uniform(0.6, 0.95, 2)
    slope = np.linspace(first, last, size[1])[None, :]
    dirty = clean * slope + rng.normal(0, 0.06, size)
    return clean, np.clip(dirty, 0, 1)


def picture_to_picture(folder: Path, seed: int) -> Made:
    """Stained pages with clean partners; the sample asks for each pixel of the test pages."""
    rng = np.random.default_rng(seed)
    ids: list[str] = []
    truth: list[float] = []
    for number in range(1, 19):
        clean, dirty = page(rng, (24, 30) if number % 3 else (20, 36))
        for side, pixels in (("train", dirty), ("train_cleaned", clean)):
            home = folder / (side if number <= 12 else "test") / f"{number}.png"
            if number <= 12 or side == "train":
                home.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray((pixels * 255).astype(np.uint8)).save(home)
        if number > 12:
            high, broad = clean.shape
            ids += [f"{number}_{r}_{c}" for c in range(1, broad + 1) for r in range(1, high + 1)]
            truth += clean.T.reshape(-1).tolist()
    answers = pd.DataFrame({"id": ids, "value": truth})
    text = "# Clean pages\n\nRemove the stains; an id is image_row_column, a value is in 0 to 1."
    return written(folder, f"{text}{RMSE}", answers, 0)
