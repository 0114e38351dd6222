"""Competitions in which rows of train and of test have related tables of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from iiml_codegen.domain.layout import Layout, RelatedTable, TableForm

from .drafts import Competition, asked
from .layout_parts import TEST_SHARE, finished

SHOPS = (1, 2, 10)
PARTED = TableForm(format="parquet", partitions=("shop",))


def parted_history(folder: Path, rows: int, seed: int) -> Competition:
    """Hours of shops with their orders in a folder for each shop; the test is of other hours.

    The weather of the hours stands in a table for either side.
    """
    rng = np.random.default_rng(seed)
    train_hours = rows // len(SHOPS)
    hours = rng.permutation(train_hours + max(2, train_hours // TEST_SHARE)) + 100
    frame = pd.DataFrame([(shop, hour) for shop in SHOPS for hour in hours])
    frame.columns = pd.Index(["shop", "hour"])
    pace = rng.gamma(3.0, 2.0, len(frame))
    rain = pd.DataFrame({"hour": hours, "rain": rng.gamma(1.0, 3.0, len(hours)).round(2)})
    orders = frame.loc[np.repeat(frame.index, rng.integers(2, 9, len(frame)))]
    orders = orders.assign(amount=(pace[orders.index] * rng.gamma(9.0, 1.0, len(orders))).round(3))
    wet = frame["hour"].map(rain.set_index("hour")["rain"])
    frame["turnover"] = (9 * pace - wet + rng.normal(0, 3.0, len(frame))).round(3)
    told = frame["hour"].isin(hours[:train_hours])
    for side, known in (("train", hours[:train_hours]), ("test", hours[train_hours:])):
        own = orders[orders["hour"].isin(known)]
        for shop in SHOPS:
            home = folder / f"orders_{side}.parquet" / f"shop={shop}"
            home.mkdir(parents=True)
            part = own[own["shop"] == shop].drop(columns="shop")
            part.to_parquet(home / f"{side}-{shop}.parquet", index=False)
        rain[rain["hour"].isin(known)].to_csv(folder / f"weather_{side}.csv", index=False)
    frame["row_id"] = frame["shop"].astype(str) + "-" + frame["hour"].astype(str)
    frame[told].to_csv(folder / "train.csv", index=False)
    frame[~told].drop(columns="turnover").to_csv(folder / "test.csv", index=False)
    task = asked("regression", ("turnover",), "rmse", answer="value", greater_is_better=False)
    task |= {"train_file": "train.csv", "test_file": "test.csv", "id_column": "row_id"}
    related = (
        RelatedTable(
            file="orders_train.parquet",
            keys=("hour", "shop"),
            role="history",
            form=PARTED,
            test_file="orders_test.parquet",
            test_form=PARTED,
        ),
        RelatedTable(
            file="weather_train.csv", keys=("hour",), role="lookup", test_file="weather_test.csv"
        ),
    )
    text = "# Turnover\n\nPredict `turnover` of each shop and hour.\n\n"
    text += "## Metric\nRoot mean squared error.\n"
    layout = Layout(kind="related_tables", related=related)
    answers = frame.loc[~told, ["row_id", "turnover"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=10.0, description=text)
