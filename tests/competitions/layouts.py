"""Competitions whose rows do not stand in one table a side: one generator for each layout.

Each writes a folder and returns it with the hidden answers and the task as a reader of the folder
should understand it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from iiml_codegen.domain.layout import FileRows, Layout, MediaFiles, Panel, RelatedTable

from .drafts import Competition, asked
from .media import write_crystal, write_document, write_picture, write_tone
from .tables import binary, fresh_ids, regression
from .texts import vocabulary

CLASSES = ("cat", "dog", "owl")
TEST_SHARE = 4


def finished(
    folder: Path,
    answers: pd.DataFrame,
    task: dict[str, Any],
    layout: Layout,
    *,
    fill: float | str = 0,
    description: str = "",
    train_only: tuple[str, ...] = (),
) -> Competition:
    """Write sample and description, and complete the task."""
    columns = [name for name in answers.columns if name != task["id_column"]]
    sample = answers.assign(**dict.fromkeys(columns, fill))
    sample.to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text(description, encoding="utf-8")
    plain = {
        "title": description.splitlines()[0].lstrip("# "),
        "description_file": "description.md",
        "train_file": task["train_file"],
        "test_file": task["test_file"],
        "kind": task["kind"],
        "targets": list(task["targets"]),
        "id_column": task["id_column"],
        "metric": task["metric"],
        "greater_is_better": task["greater_is_better"],
        "submission": {
            "file": "sample_submission.csv",
            "columns": list(answers.columns),
            "id_column": task["id_column"],
            "answer": task["answer"],
            "answer_columns": list(columns),
            "class_columns": dict(task["class_columns"]),
            "rows": len(answers),
        },
        "classes": list(task["classes"]),
        "train_only_columns": list(train_only),
        "layout": msgspec.to_builtins(layout),
    }
    return Competition(folder, answers, plain)


def parted(rows: int) -> tuple[slice, slice]:
    """Training rows and a quarter as many test rows."""
    return slice(0, rows), slice(rows, rows + rows // TEST_SHARE)


def label_table(folder: Path, rows: int, seed: int) -> Competition:
    """Features in train_values.csv, labels in train_labels.csv, both by `id`."""
    draft = binary(rows + rows // TEST_SHARE, seed)
    train, test = (draft.frame.iloc[part] for part in parted(rows))
    features = [name for name in draft.frame if name != "left"]
    train[features].to_csv(folder / "train_values.csv", index=False)
    shuffled = train[["id", "left"]].sample(frac=1, random_state=seed)
    shuffled.to_csv(folder / "train_labels.csv", index=False)
    test[features].to_csv(folder / "test_values.csv", index=False)
    related = RelatedTable(file="train_labels.csv", keys=("id",), role="labels")
    task = {**draft.task, "train_file": "train_values.csv", "test_file": "test_values.csv"}
    layout = Layout(kind="label_table", related=(related,))
    answers = test[["id", "left"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=draft.description)


def one_features_table(folder: Path, rows: int, seed: int) -> Competition:
    """Labels in labels.csv, features of all rows in features.csv, test rows in the sample alone."""
    draft = regression(rows + rows // TEST_SHARE, seed)
    train, test = (draft.frame.iloc[part] for part in parted(rows))
    train[["id", "progress"]].to_csv(folder / "labels.csv", index=False)
    features = draft.frame.drop(columns="progress").sample(frac=1, random_state=seed)
    features.to_csv(folder / "features.csv", index=False)
    related = RelatedTable(file="features.csv", keys=("id",), role="lookup")
    task = {**draft.task, "train_file": "labels.csv", "test_file": "sample_submission.csv"}
    layout = Layout(kind="label_table", related=(related,), test_from_sample=True)
    answers = test[["id", "progress"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, description=draft.description)


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
    contents = MediaFiles(kind=media, column="file", train="{}", test="{}")
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


def related_tables(folder: Path, rows: int, seed: int) -> Competition:
    """Customers with payments, one to many; payments tell of training customers who defaulted."""
    rng = np.random.default_rng(seed)
    count = rows + rows // TEST_SHARE
    towns = pd.DataFrame({"town": [f"T{n}" for n in range(12)]})
    towns["people"], towns["rent"] = rng.integers(1, 90, 12) * 1000, rng.normal(10, 2, 12).round(2)
    frame = pd.DataFrame(
        {
            "customer": fresh_ids(rng, count),
            "town": rng.choice(towns["town"], count),
            "income": rng.gamma(4, 700, count).round(),
        }
    )
    payments = rng.integers(1, 9, count)
    late = rng.beta(2, 5, count)
    rent = frame["town"].map(towns.set_index("town")["rent"]).to_numpy()
    score = 6 * (late - 0.3) + 0.4 * (rent - 10) - (frame["income"] - 2800) / 2000
    frame["default"] = (rng.random(count) < 1 / (1 + np.exp(-2 * score))).astype(int)
    owner = np.repeat(np.arange(count), payments)
    history = pd.DataFrame(
        {
            "customer": frame["customer"].to_numpy()[owner],
            "amount": rng.gamma(2, 60, len(owner)).round(2),
            "days_late": (rng.random(len(owner)) < late[owner]) * rng.integers(1, 40, len(owner)),
            "way": rng.choice(("card", "cash", "transfer"), len(owner)),
            "status": np.where(frame["default"].to_numpy()[owner] == 1, "written off", "paid"),
        }
    )
    history.loc[owner >= rows, "status"] = None
    history = history.sample(frac=1, random_state=seed)
    train, test = (frame.iloc[part] for part in parted(rows))
    train.to_csv(folder / "customers_train.csv", index=False)
    test.drop(columns="default").to_csv(folder / "customers_test.csv", index=False)
    history.to_csv(folder / "payments.csv", index=False)
    towns.to_csv(folder / "towns.csv", index=False)
    related = (
        RelatedTable(
            file="payments.csv", keys=("customer",), role="history", hidden_columns=("status",)
        ),
        RelatedTable(file="towns.csv", keys=("town",), role="lookup"),
    )
    task = asked("binary", ("default",), "roc_auc", id_column="customer", classes=("0", "1"))
    task |= {"train_file": "customers_train.csv", "test_file": "customers_test.csv"}
    text = "# Defaults\n\nPredict the probability of `default` for each customer.\n\n"
    text += "## Metric\nArea under the ROC curve.\n\n`status` of payments is known for training "
    text += "customers only.\n"
    layout = Layout(kind="related_tables", related=related)
    answers = test[["customer", "default"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=text)


def panel(folder: Path, rows: int, seed: int) -> Competition:
    """Daily sales of shops: the test is the weeks after; promotions are known ahead."""
    rng = np.random.default_rng(seed)
    shops, ahead = 5, 14
    days = rows // shops
    dates = pd.date_range("2022-01-03", periods=days + ahead, freq="D")
    parts = []
    for shop in range(shops):
        promo = rng.integers(0, 2, len(dates))
        week = rng.normal(0, 12, 7)[dates.day_of_week]
        drift = np.cumsum(rng.normal(0, 3.0, len(dates)))
        level = 80 + 25 * shop + drift + week + 15 * promo
        sales = np.clip(level + rng.normal(0, 3, len(dates)), 0, None).round(1)
        parts.append(
            pd.DataFrame({"date": dates, "shop": f"S{shop}", "promo": promo, "sales": sales})
        )
    frame = pd.concat(parts).sort_values(["date", "shop"], ignore_index=True)
    frame.insert(0, "id", np.arange(len(frame)))
    calendar = pd.DataFrame({"date": dates, "holiday": (rng.random(len(dates)) < 0.05).astype(int)})
    later = frame["date"] >= dates[days]
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    frame[~later].to_csv(folder / "train.csv", index=False)
    frame[later].drop(columns="sales").to_csv(folder / "test.csv", index=False)
    calendar.to_csv(folder / "calendar.csv", index=False)
    task = asked("regression", ("sales",), "rmse", answer="value", greater_is_better=False)
    task |= {"train_file": "train.csv", "test_file": "test.csv"}
    text = "# Sales\n\nForecast `sales` of each shop for the two weeks after the training days."
    text += "\n\n## Metric\nRoot mean squared error.\n"
    layout = Layout(
        kind="related_tables",
        related=(RelatedTable(file="calendar.csv", keys=("date",), role="lookup"),),
        panel=Panel(time="date", keys=("shop",), horizon=float(ahead)),
    )
    answers = frame.loc[later, ["id", "sales"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=100.0, description=text)


LAYOUTS: dict[str, Callable[[Path, int, int], Competition]] = {
    "label_table": label_table,
    "one_features_table": one_features_table,
    "file_names": file_names,
    "class_folders": class_folders,
    "paired_files": paired_files,
    "files_by_id": files_by_id,
    "nested_files": nested_files,
    "documents": documents,
    "text_folders": text_folders,
    "related_tables": related_tables,
    "panel": panel,
}


def write_layout(folder: Path, kind: str, rows: int = 60, seed: int = 0) -> Competition:
    """Write a competition of this layout with about `rows` training rows."""
    folder.mkdir(parents=True, exist_ok=True)
    return LAYOUTS[kind](folder, rows, seed)
