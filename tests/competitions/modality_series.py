"""Series in time: one alone, many side by side, and one column for each date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written

AHEAD = 14
METRIC = "\n\n## Metric\nRoot mean squared error.\n"


def values(rng: np.random.Generator, days: int, level: float, promo: np.ndarray) -> np.ndarray:
    """A level that drifts, a week of its own, and what promotions add."""
    week = np.tile(rng.normal(0, 12, 7), days // 7 + 1)[:days]
    drift = np.cumsum(rng.normal(0.15, 1.0, days))
    made = level + drift + week + 14 * promo + rng.normal(0, 3, days)
    return np.asarray(made.clip(0, None).round(2))


def one_series(folder: Path, seed: int) -> Made:
    """Daily demand, named by its day alone; promotions are known ahead."""
    rng = np.random.default_rng(seed)
    days = 400 + AHEAD
    promo = rng.integers(0, 2, days)
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2021-01-04", periods=days).strftime("%Y-%m-%d"),
            "promo": promo,
            "demand": values(rng, days, 120, promo),
        }
    )
    folder.mkdir(parents=True)
    frame[:-AHEAD].to_csv(folder / "train.csv", index=False)
    frame[-AHEAD:].drop(columns="demand").to_csv(folder / "test.csv", index=False)
    text = f"# Demand\n\nForecast `demand` for the two weeks after the training days.{METRIC}"
    return written(folder, text, frame.loc[days - AHEAD :, ["day", "demand"]], 0)


def sales(rng: np.random.Generator, days: int) -> pd.DataFrame:
    """Two shops with four items each, day by day."""
    parts = []
    for shop in ("north", "south"):
        for item in range(4):
            promo = rng.integers(0, 2, days)
            parts.append(
                pd.DataFrame(
                    {
                        "date": pd.date_range("2022-01-03", periods=days).strftime("%Y-%m-%d"),
                        "shop": shop,
                        "item": f"I{item}",
                        "promo": promo,
                        "sales": values(rng, days, 60 + 40 * item, promo),
                    }
                )
            )
    return pd.concat(parts).sort_values(["date", "shop", "item"], ignore_index=True)


def panel(folder: Path, seed: int) -> Made:
    """Sales of items in shops; the test lists the days after with an id each."""
    frame = sales(np.random.default_rng(seed), 150 + AHEAD)
    frame.insert(0, "id", np.arange(len(frame)))
    later = frame["date"] > sorted(set(frame["date"]))[149]
    folder.mkdir(parents=True)
    frame[~later].to_csv(folder / "train.csv", index=False)
    frame[later].drop(columns="sales").to_csv(folder / "test.csv", index=False)
    text = f"# Sales\n\nForecast `sales` of each item for the two weeks after train.{METRIC}"
    return written(folder, text, frame.loc[later, ["id", "sales"]], 0)


def panel_named_by_date(folder: Path, seed: int) -> Made:
    """Sales whose sample submission names rows by shop, item and day; the test has no id."""
    frame = sales(np.random.default_rng(seed), 150 + AHEAD)
    later = frame["date"] > sorted(set(frame["date"]))[149]
    folder.mkdir(parents=True)
    frame[~later].to_csv(folder / "train.csv", index=False)
    test = frame[later].drop(columns="sales")
    test.to_csv(folder / "test.csv", index=False)
    ids = test["shop"] + "_" + test["item"] + "_" + test["date"]
    answers = pd.DataFrame({"id": ids, "sales": frame.loc[later, "sales"]})
    text = f"# Sales\n\nForecast `sales`; an id is shop_item_date.{METRIC}"
    return written(folder, text, answers, 0)


def wide(folder: Path, seed: int) -> Made:
    """One row for each page and one column for each day; the sample asks for `page_day`."""
    rng = np.random.default_rng(seed)
    days = 150 + AHEAD
    dates = pd.date_range("2022-01-03", periods=days).strftime("%Y-%m-%d")
    none = np.zeros(days)
    table = pd.DataFrame(
        [values(rng, days, 50 + 30 * k, none) for k in range(12)], columns=list(dates)
    )
    table.insert(0, "page", [f"page_{k}" for k in range(12)])
    folder.mkdir(parents=True)
    table.iloc[:, : days - AHEAD + 1].to_csv(folder / "train.csv", index=False)
    long = table.iloc[:, [0, *range(days - AHEAD + 1, days + 1)]].melt("page")
    answers = pd.DataFrame({"id": long["page"] + "_" + long["variable"], "visits": long["value"]})
    text = f"# Visits\n\nForecast `visits` of each page; an id is page_day.{METRIC}"
    return written(folder, text, answers, 0)
