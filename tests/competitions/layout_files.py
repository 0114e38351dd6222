"""Competitions with files for rows, or with files that belong to rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from iiml_codegen.domain.layout import FILE_COLUMN, FileRows, Layout, MediaFiles

from .drafts import Competition, asked
from .layout_parts import TEST_SHARE, finished, parted
from .media import write_crystal, write_document, write_picture, write_tone
from .tables import fresh_ids
from .texts import vocabulary

CLASSES = ("cat", "dog", "owl")


def pictures(rng: np.random.Generator, count: int) -> np.ndarray:
    """Labels of pictures, which `write_picture` draws."""
    return np.asarray(rng.choice(len(CLASSES), count, p=(0.5, 0.3, 0.2)))


def animals(id_column: str, **more: Any) -> dict[str, Any]:
    """A task of three classes, a probability column for each."""
    task = asked("multiclass", ("label",), "multiclass_log_loss", answer="class_probabilities")
    columns = {name: name for name in CLASSES}
    task |= {"classes": CLASSES, "class_columns": columns, "greater_is_better": False}
    return {**task, "id_column": id_column, "train_file": "train", "test_file": "test", **more}


def one_hot(ids: list[str], labels: np.ndarray, id_column: str) -> pd.DataFrame:
    """The perfect submission of `animals`."""
    chances = {name: (labels == code).astype(float) for code, name in enumerate(CLASSES)}
    return pd.DataFrame({id_column: ids, **chances})


def file_names(folder: Path, rows: int, seed: int) -> Competition:
    """Pictures called `cat.12.png` in train and `7.png` in test."""
    rng = np.random.default_rng(seed)
    count = rows + rows // TEST_SHARE
    labels, train, test = pictures(rng, count), *parted(rows)
    for place, label in enumerate(labels[train]):
        write_picture(folder / "train" / f"{CLASSES[label]}.{place}.png", int(label), rng)
    ids = [str(number) for number in rng.permutation(count)[: count - rows] + 1]
    for name, label in zip(ids, labels[test], strict=True):
        write_picture(folder / "test" / f"{name}.png", int(label), rng)
    train_files = FileRows(
        folder="train",
        suffixes=(".png",),
        id_column="id",
        label_from="name",
        label_pattern=r"^([^._\- ]*)[._\- ]",
    )
    layout = of_files("file_names", train_files, "image")
    text = "# Which animal?\n\nTraining pictures are called by their label, `cat.12.png`.\n\n"
    text += "Give a probability for each label.\n\n## Metric\nMulti-class logarithmic loss.\n"
    answers = one_hot(ids, labels[test], "id").sort_values("id", ignore_index=True)
    return finished(folder, answers, animals("id"), layout, fill=1 / 3, description=text)


def of_files(kind: Any, train: FileRows, media: Any, **test: Any) -> Layout:
    """A layout of files whose test files lie in `test`."""
    usual = {"folder": "test", "suffixes": train.suffixes, "id_column": train.id_column}
    files = FileRows(**{**usual, "id_from": train.id_from, **test})
    contents = MediaFiles(kind=media, column=FILE_COLUMN, train="{}", test="{}")
    return Layout(kind=kind, train_files=train, test_files=files, media=(contents,))


def class_folders(folder: Path, rows: int, seed: int) -> Competition:
    """Pictures in train/cat, train/dog, train/owl; a flat test folder."""
    rng = np.random.default_rng(seed)
    labels, train, test = pictures(rng, rows + rows // TEST_SHARE), *parted(rows)
    for place, label in enumerate(labels[train]):
        write_picture(folder / "train" / CLASSES[label] / f"img_{place:04d}.png", int(label), rng)
    ids = [f"img_{place:04d}.png" for place in range(rows, len(labels))]
    for name, label in zip(ids, labels[test], strict=True):
        write_picture(folder / "test" / name, int(label), rng)
    train_files = FileRows(
        folder="train", suffixes=(".png",), id_column="picture", id_from="name", label_from="folder"
    )
    layout = of_files("class_folders", train_files, "image")
    text = "# Which animal?\n\nTraining pictures lie in a folder for each label.\n\n"
    text += "Give a probability for each label.\n\n## Metric\nMulti-class logarithmic loss.\n"
    answers = one_hot(ids, labels[test], "picture")
    return finished(folder, answers, animals("picture"), layout, fill=1 / 3, description=text)


def paired_files(folder: Path, rows: int, seed: int) -> Competition:
    """Tones in train with a JSON partner that tells their pitch; tones in test without."""
    rng = np.random.default_rng(seed)
    pitch = rng.uniform(300, 2500, rows + rows // TEST_SHARE).round(1)
    train, test = parted(rows)
    for place, value in enumerate(pitch[train]):
        home = folder / "train" / f"tone_{place:03d}.wav"
        write_tone(home, float(value), rng)
        home.with_suffix(".json").write_text(f'{{"pitch": {value}, "loud": {place % 3}}}')
    ids = [f"tone_{place:03d}" for place in range(rows, len(pitch))]
    for name, value in zip(ids, pitch[test], strict=True):
        write_tone(folder / "test" / f"{name}.wav", float(value), rng)
    train_files = FileRows(
        folder="train",
        suffixes=(".wav",),
        id_column="tone",
        label_from="partner",
        partner="train/{stem}.json",
    )
    task = asked("regression", ("pitch",), "rmse", answer="value", greater_is_better=False)
    task |= {"id_column": "tone", "train_file": "train", "test_file": "test"}
    text = "# How high?\n\nPredict `pitch` in hertz; training tones have it in a JSON beside them."
    text += "\n\n## Metric\nRoot mean squared error.\n"
    answers = pd.DataFrame({"tone": ids, "pitch": pitch[test]})
    layout = of_files("paired_files", train_files, "audio")
    return finished(folder, answers, task, layout, fill=1000.0, description=text)


def files_by_id(folder: Path, rows: int, seed: int) -> Competition:
    """Tones named by the column `clip`, in a folder a side."""
    rng = np.random.default_rng(seed)
    high = rng.integers(0, 2, rows + rows // TEST_SHARE)
    frame = pd.DataFrame(
        {
            "clip": [f"clip_{number:04d}.wav" for number in rng.permutation(len(high))],
            "room": rng.choice(("hall", "street", "car"), len(high)),
            "high": high,
        }
    )
    train, test = (frame.iloc[part] for part in parted(rows))
    for side, part in (("train", train), ("test", test)):
        for name, label in zip(part["clip"], part["high"], strict=True):
            pitch = float(rng.normal(1400 if label else 600, 250))
            write_tone(folder / "audio" / side / name, abs(pitch) + 50, rng)
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="high").to_csv(folder / "test.csv", index=False)
    media = MediaFiles(kind="audio", column="clip", train="audio/train/{}", test="audio/test/{}")
    task = asked("binary", ("high",), "roc_auc", id_column="clip", classes=("0", "1"))
    task |= {"train_file": "train.csv", "test_file": "test.csv"}
    text = "# High or low?\n\nPredict the probability that a tone is `high`.\n\n"
    text += "## Metric\nArea under the ROC curve.\n"
    layout = Layout(kind="files_by_id", media=(media,))
    answers = test[["clip", "high"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=text)


def nested_files(folder: Path, rows: int, seed: int) -> Competition:
    """Crystals at train/7/geometry.xyz and test/7/geometry.xyz: both sides count from 1."""
    rng = np.random.default_rng(seed)
    count = rows + rows // TEST_SHARE
    spacing = rng.uniform(2.0, 4.0, count)
    frame = pd.DataFrame(
        {
            "id": [*range(1, rows + 1), *range(1, count - rows + 1)],
            "atoms": rng.integers(4, 12, count),
            "gap": (5.0 / spacing + rng.normal(0, 0.05, count)).round(4),
        }
    )
    train, test = (frame.iloc[part] for part in parted(rows))
    for side, part, first in (("train", train, 0), ("test", test, rows)):
        for place, (name, atoms) in enumerate(zip(part["id"], part["atoms"], strict=True)):
            home = folder / side / str(name) / "geometry.xyz"
            write_crystal(home, int(atoms), float(spacing[first + place]), rng)
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="gap").to_csv(folder / "test.csv", index=False)
    media = MediaFiles(
        kind="atoms", column="id", train="train/{}/geometry.xyz", test="test/{}/geometry.xyz"
    )
    task = asked("regression", ("gap",), "rmse", answer="value", greater_is_better=False)
    task |= {"train_file": "train.csv", "test_file": "test.csv"}
    text = "# Gaps\n\nPredict `gap` of each crystal.\n\n## Metric\nRoot mean squared error.\n"
    layout = Layout(kind="files_by_id", media=(media,))
    answers = test[["id", "gap"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=1.0, description=text)


def documents(folder: Path, rows: int, seed: int) -> Competition:
    """Letters in texts/<id>.txt for both sides; train.csv says which are complaints."""
    rng = np.random.default_rng(seed)
    words = vocabulary(rng, 200)
    frame = pd.DataFrame(
        {
            "letter": fresh_ids(rng, rows + rows // TEST_SHARE),
            "complaint": rng.integers(0, 2, rows + rows // TEST_SHARE),
        }
    )
    for name, label in zip(frame["letter"], frame["complaint"], strict=True):
        write_document(folder / "texts" / f"{name}.txt", words, int(label), rng)
    train, test = (frame.iloc[part] for part in parted(rows))
    train.to_csv(folder / "train.csv", index=False)
    test[["letter"]].to_csv(folder / "test.csv", index=False)
    media = MediaFiles(kind="text", column="letter", train="texts/{}.txt", test="texts/{}.txt")
    task = asked("binary", ("complaint",), "roc_auc", id_column="letter", classes=("0", "1"))
    task |= {"train_file": "train.csv", "test_file": "test.csv"}
    text = "# Complaints\n\nPredict the probability that a letter is a `complaint`.\n\n"
    text += "## Metric\nArea under the ROC curve.\n"
    layout = Layout(kind="files_by_id", media=(media,))
    answers = test[["letter", "complaint"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=text)


def text_folders(folder: Path, rows: int, seed: int) -> Competition:
    """Letters in train/praise and train/complaint; a flat test folder."""
    rng = np.random.default_rng(seed)
    words, names = vocabulary(rng, 200), ("complaint", "praise")
    labels = rng.integers(0, 2, rows + rows // TEST_SHARE)
    for place, label in enumerate(labels[:rows]):
        write_document(folder / "train" / names[label] / f"{place}.txt", words, int(label), rng)
    ids = sorted(str(place) for place in range(rows, len(labels)))
    for name in ids:
        write_document(folder / "test" / f"{name}.txt", words, int(labels[int(name)]), rng)
    train_files = FileRows(
        folder="train", suffixes=(".txt",), id_column="letter", label_from="folder"
    )
    task = asked("binary", ("mood",), "accuracy", id_column="letter", answer="label")
    task |= {"classes": names, "train_file": "train", "test_file": "test"}
    text = "# Moods\n\nSay whether a letter is a complaint or praise.\n\n## Metric\nAccuracy.\n"
    moods = [names[label] for label in labels[[int(name) for name in ids]]]
    answers = pd.DataFrame({"letter": ids, "mood": moods})
    layout = of_files("class_folders", train_files, "text")
    return finished(folder, answers, task, layout, fill="praise", description=text)
