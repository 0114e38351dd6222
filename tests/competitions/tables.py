"""Competitions of plain tables, from numpy generators and scikit-learn's bundled data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_digits, load_wine

from .drafts import Draft, asked

CITIES = ("Ames", "Bergen", "Cork", "Delft", "Évora", "Faro", "Graz")


def fresh_ids(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Distinct whole numbers without order."""
    return rng.permutation(rows * 3)[:rows] + 1


def hex_ids(rng: np.random.Generator, rows: int, length: int) -> list[str]:
    """Distinct strings of hexadecimal digits."""
    names: set[str] = set()
    while len(names) < rows:
        names.add("".join(rng.choice(list("0123456789abcdef"), length)))
    return [str(name) for name in rng.permutation(sorted(names))]


def _logit(score: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def _with_gaps(rng: np.random.Generator, values: np.ndarray, share: float) -> pd.Series:
    return pd.Series(values).mask(rng.random(len(values)) < share)


def binary(rows: int, seed: int) -> Draft:
    """Who leaves: numbers with gaps, categories, a date, a code in two parts, a skewed amount."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows).astype(float)
    city = rng.choice(CITIES, rows, p=(0.3, 0.2, 0.15, 0.15, 0.1, 0.06, 0.04))
    grade = rng.integers(1, 5, rows)
    income = np.exp(rng.normal(10, 0.8, rows))
    joined = pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 1500, rows), unit="D")
    months = (pd.Timestamp("2023-06-01") - joined).days.to_numpy() / 30.0
    deck = rng.choice(list("ABCD"), rows)
    score = 0.05 * (50 - age) + 0.9 * np.isin(city, CITIES[:2]) - 0.04 * (months - 27)
    score = score + 0.7 * (grade - 2.5) + 0.6 * (deck == "A") - 0.3 * (np.log(income) - 10)
    left = (rng.random(rows) < _logit(1.4 * score)).astype(int)
    places = [
        f"{letter}{number}" for letter, number in zip(deck, rng.integers(1, 90, rows), strict=True)
    ]
    frame = pd.DataFrame(
        {
            "id": fresh_ids(rng, rows),
            "age": _with_gaps(rng, age, 0.15),
            "city": _with_gaps(rng, city, 0.03),
            "grade": grade,
            "income": income.round(2),
            "joined": joined.strftime("%Y-%m-%d"),
            "place": _with_gaps(rng, np.array(places), 0.3),
            "noise": rng.normal(size=rows).round(4),
            "left": left,
        }
    )
    text = "# Who leaves?\n\nPredict the probability that a member leaves (`left` is 1).\n\n"
    text += (
        "## Metric\nArea under the ROC curve between the predicted probability and the target.\n"
    )
    return Draft(frame, text, asked("binary", ("left",), "roc_auc", classes=("0", "1")), fill=0.5)


def multiclass(rows: int, seed: int) -> Draft:
    """Handwritten digits, drawn again with noise; the answer is the label itself."""
    rng = np.random.default_rng(seed)
    digits = load_digits()
    picked = rng.integers(0, len(digits.target), rows)
    pixels = np.clip(digits.data[picked] + rng.normal(0, 1.0, (rows, 64)), 0, 16).round(2)
    frame = pd.DataFrame(pixels, columns=[f"pixel{number}" for number in range(64)])
    frame.insert(0, "id", fresh_ids(rng, rows))
    frame["digit"] = digits.target[picked]
    classes = tuple(str(label) for label in range(10))
    text = "# Which digit?\n\nPredict `digit` for each picture.\n\n## Metric\nAccuracy.\n"
    task = asked("multiclass", ("digit",), "accuracy", answer="label", classes=classes)
    return Draft(frame, text, task)


def multilabel(rows: int, seed: int) -> Draft:
    """Three kinds of wine as three targets that exclude each other."""
    rng = np.random.default_rng(seed)
    wine = load_wine()
    picked = rng.integers(0, len(wine.target), rows)
    spread = wine.data.std(axis=0) * 0.8
    values = wine.data[picked] + rng.normal(size=(rows, 13)) * spread
    names = [name.replace("/", "_") for name in wine.feature_names]
    frame = pd.DataFrame(values.round(3), columns=names)
    frame.insert(0, "id", fresh_ids(rng, rows))
    targets = ("barolo", "grignolino", "barbera")
    for code, name in enumerate(targets):
        frame[name] = (wine.target[picked] == code).astype(int)
    text = "# Three wines\n\nPredict the probability of each kind of wine.\n\n"
    text += "## Metric\nThe area under the ROC curve is computed for each target; the score is "
    text += "their mean.\n"
    task = asked("multilabel", targets, "mean_column_roc_auc", exclusive_labels=True)
    return Draft(frame, text, task, fill=0.5)


def ordinal(rows: int, seed: int) -> Draft:
    """How fast, in five grades: codes, a keeper who repeats, a short text, ids of hex digits."""
    rng = np.random.default_rng(seed)
    keepers = np.array(hex_ids(rng, max(2, rows // 4), 16))
    keeper = rng.integers(0, len(keepers), rows)
    skill = rng.normal(0, 0.7, len(keepers))[keeper]
    breed = rng.choice(np.array([0, 20, 103, 179, 218, 265, 266, 307]), rows)
    age = rng.geometric(0.08, rows)
    words = np.array(["calm", "playful", "shy", "healthy", "trained", "noisy", "gentle", "old"])
    notes = [" ".join(rng.choice(words, rng.integers(8, 30))) for _ in range(rows)]
    score = skill + 0.04 * age - 0.8 * np.isin(breed, (103, 265)) + rng.normal(0, 0.7, rows)
    frame = pd.DataFrame(
        {
            "kind": rng.integers(1, 3, rows),
            "age": age,
            "breed": breed,
            "fee": np.where(rng.random(rows) < 0.8, 0, rng.integers(1, 40, rows) * 10),
            "keeper": keepers[keeper],
            "notes": _with_gaps(rng, np.array(notes), 0.01),
            "pet": hex_ids(rng, rows, 9),
            "speed": np.digitize(score, np.quantile(score, (0.05, 0.25, 0.5, 0.75))),
        }
    )
    text = "# How fast?\n\nPredict `speed`, a whole number from 0 to 4.\n\n## Metric\n"
    text += "Quadratic weighted kappa between predicted and true values.\n"
    task = asked("ordinal", ("speed",), "quadratic_weighted_kappa", answer="label")
    task |= {"classes": ("0", "1", "2", "3", "4"), "id_column": "pet"}
    return Draft(frame, text, task, fill=4)


def regression(rows: int, seed: int) -> Draft:
    """Progress of diabetes, drawn again with noise."""
    rng = np.random.default_rng(seed)
    data = load_diabetes()
    picked = rng.integers(0, len(data.target), rows)
    values = data.data[picked] + rng.normal(0, 0.005, (rows, data.data.shape[1]))
    frame = pd.DataFrame(values.round(6), columns=data.feature_names)
    frame.insert(0, "id", fresh_ids(rng, rows))
    frame["progress"] = (data.target[picked] + rng.normal(0, 10, rows)).round(1)
    text = "# Progress\n\nPredict `progress`.\n\n## Metric\nRoot mean squared error.\n"
    task = asked("regression", ("progress",), "rmse", answer="value", greater_is_better=False)
    return Draft(frame, text, task, fill=150.0)


def series(rows: int, seed: int) -> Draft:
    """Hourly counts; the test hours are the last days of each stretch of ten days."""
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2021-01-01", periods=rows, freq="h")
    warm = 12 + 10 * np.sin(2 * np.pi * hours.day_of_year / 365) + rng.normal(0, 2, rows)
    level = 60 + 50 * np.sin(2 * np.pi * (hours.hour - 9) / 24) + 3 * warm
    casual = rng.poisson(np.clip(level * 0.2, 1, None))
    frame = pd.DataFrame(
        {
            "datetime": hours.strftime("%Y-%m-%d %H:%M:%S"),
            "temp": np.round(warm, 2),
            "weather": rng.choice((1, 2, 3), rows, p=(0.7, 0.2, 0.1)),
            "casual": casual,
            "count": casual + rng.poisson(np.clip(level, 1, None)),
        }
    )
    text = (
        "# Hourly hires\n\nForecast `count`.\n\n## Metric\nRoot mean squared logarithmic error.\n"
    )
    task = asked("regression", ("count",), "rmsle", answer="value", greater_is_better=False)
    task |= {"id_column": "datetime"}
    mask = np.asarray((np.arange(rows) // 24) % 5 == 4)
    return Draft(frame, text, task, test_mask=mask, train_only=("casual",))
