"""Prepare the rounds: distances, parcels, depots, licence numbers, weekdays."""

from pathlib import Path
from typing import Any

import pandas as pd

DEPOTS = ("harbour", "north", "orchard", "station")


def licence_number(plate: str) -> float:
    """Take the number out of a plate."""
    return float(plate.split("-")[1])


def prepare(data_dir: Path) -> dict[str, Any]:
    """Give the view `rounds` for train and test, and the minutes to learn."""
    # [P1] Read train.csv and test.csv as text
    train = pd.read_csv(data_dir / "train.csv", dtype=str)
    test = pd.read_csv(data_dir / "test.csv", dtype=str)
    # [P2] Take minutes as the number to predict
    target = train["minutes"].astype("float64").to_numpy()
    views = []
    for rows in (train, test):
        # [P3] Take distance, parcels and parcels per kilometre
        km, parcels = rows["km"].astype("float64"), rows["parcels"].astype("float64")
        columns = {"km": km, "parcels": parcels, "parcels_per_km": parcels / km.clip(lower=1.0)}
        # [P4] Give each depot a column of its own
        for depot in DEPOTS:
            columns[f"depot_{depot}"] = (rows["depot"] == depot).astype("float64")
        # [P5] Take the licence number and the weekday
        columns["licence"] = rows["plate"].map(licence_number)
        columns["weekday"] = pd.to_datetime(rows["day"]).dt.dayofweek.astype("float64")
        views.append(pd.DataFrame(columns))
    return {"rounds_train": views[0], "rounds_test": views[1], "target": target}
