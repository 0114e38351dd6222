"""Series in rows whose columns or answers are called otherwise than by dates."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from .modality import Made, written
from .modality_series import AHEAD, METRIC, values

PAGES = 12
DAYS = 140


def table_of(rng: np.random.Generator, days: int, steps: list[str]) -> pd.DataFrame:
    """A row for each page, without any promotion."""
    none = np.zeros(days)
    made = [values(rng, days, 50 + 30 * page, none) for page in range(PAGES)]
    table = pd.DataFrame(made, columns=steps)
    table.insert(0, "page", [f"page_{page}" for page in range(PAGES)])
    return table


def by_key(folder: Path, seed: int) -> Made:
    """Days as columns; a table of keys tells which page and day an id of the sample is."""
    dates = pd.date_range("2022-01-03", periods=DAYS + AHEAD).strftime("%Y-%m-%d")
    table = table_of(np.random.default_rng(seed), DAYS + AHEAD, list(dates))
    table = table.sort_values("page", ascending=False, ignore_index=True)
    folder.mkdir(parents=True)
    table.iloc[:, : DAYS + 1].to_csv(folder / "train_1.csv", index=False)
    later = table.iloc[::-1, [0, *range(DAYS + 1, DAYS + AHEAD + 1)]].melt("page")
    later = later.sort_values(["page", "variable"], ignore_index=True)
    names = later["page"] + "_" + later["variable"]
    ids = [sha256(name.encode()).hexdigest()[:12] for name in names]
    pd.DataFrame({"Page": names, "Id": ids}).to_csv(folder / "key_1.csv", index=False)
    answers = pd.DataFrame({"Id": ids, "Visits": later["value"]})
    text = f"# Visits\n\nForecast `Visits`; key_1.csv says what an `Id` is.{METRIC}"
    return written(folder, text, answers, 0)


def by_number(folder: Path, seed: int) -> Made:
    """Numbered weeks as columns, which no table dates; the sample asks for `page_w_141`."""
    steps = [f"w_{number:03d}" for number in range(1, DAYS + AHEAD + 1)]
    table = table_of(np.random.default_rng(seed), DAYS + AHEAD, steps)
    folder.mkdir(parents=True)
    table.iloc[:, : DAYS + 1].to_csv(folder / "history.csv", index=False)
    later = table[["page", *steps[DAYS:]]].melt("page")
    answers = pd.DataFrame({"id": later["page"] + "_" + later["variable"], "sold": later["value"]})
    text = f"# Sales\n\nForecast `sold` of the weeks to come.{METRIC}"
    return written(folder, text, answers, 0)


def ahead(folder: Path, seed: int) -> Made:
    """Two tables of numbered days, the longer one with what the sample's first half asks for.

    The sample has a column for each day ahead; a calendar dates the days, and prices go by week.
    """
    rng = np.random.default_rng(seed)
    days = DAYS + 2 * AHEAD
    steps = [f"d_{number}" for number in range(1, days + 1)]
    table = table_of(rng, days, steps)
    shop = table.pop("page").str.replace("page_", "shop_")
    table.insert(0, "shop", shop)
    folder.mkdir(parents=True)
    dates = pd.date_range("2022-01-03", periods=days)
    weeks = np.arange(days) // 7 + 100
    calendar = pd.DataFrame({"date": dates.strftime("%Y-%m-%d"), "week": weeks, "d": steps})
    calendar.to_csv(folder / "calendar.csv", index=False)
    prices = pd.DataFrame(
        [(s, w) for s in shop for w in np.unique(weeks)], columns=["shop", "week"]
    )
    prices = prices.assign(price=rng.integers(1, 9, len(prices)))
    prices.to_csv(folder / "prices.csv", index=False)
    parts = []
    for suffix, known in (("_validation", DAYS), ("_evaluation", DAYS + AHEAD)):
        told = table.assign(id=shop + suffix)[["id", "shop", *steps[:known]]]
        told.to_csv(folder / f"train{suffix}.csv", index=False)
        asked = table[steps[known : known + AHEAD]]
        asked.columns = [f"F{day}" for day in range(1, AHEAD + 1)]
        parts.append(asked.assign(id=shop + suffix))
    answers = pd.concat(parts, ignore_index=True)
    answers = answers[["id", *(name for name in answers if name != "id")]]
    text = f"# Sales\n\nForecast the two weeks behind both tables.{METRIC}"
    return written(folder, text, answers, 0)
