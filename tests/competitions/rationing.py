"""A competition whose key is a rule that only its description tells: odd and even days for cars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .drafts import Competition, Draft, asked, write

DEPOTS = ("harbour", "north", "orchard", "station")
DETOUR = 24.0
DESCRIPTION = """# How long does a parcel round take?

A carrier in a city with smog wants to know beforehand how many `minutes` a round will take. Each
row is one round of one van.

The city rations its roads: on even days of the month only vans whose licence number is even may
drive through the centre, on odd days only those whose number is odd. All others take the ring
road.

## Data

- `id`: number of the round
- `plate`: the van's licence plate, letters and number
- `day`: the day of the round
- `depot`: where it starts
- `km`: length of the shortest way through all stops
- `parcels`: parcels to deliver
- `minutes`: what the round took (only in `train.csv`)

## Metric

Submissions are evaluated on the root mean squared error (RMSE) of `minutes`.

## Submission

For each `id` in `test.csv`, predict `minutes`. The file has a header and the columns
`id,minutes`.
"""


def rationing(rows: int, seed: int) -> Draft:
    """Rounds of vans; a detour wherever the licence number and the day differ in parity."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(9_000)[:rows] + 1_000
    letters = rng.choice(["LK", "MB", "SO", "TR"], rows)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 330, rows), unit="D")
    depot = rng.choice(DEPOTS, rows)
    km = rng.gamma(6.0, 3.0, rows).round(1)
    parcels = rng.integers(15, 90, rows)
    barred = numbers % 2 != days.day.to_numpy() % 2
    minutes = 20 + 2.0 * km + 0.8 * parcels + 6.0 * (depot == "harbour") + DETOUR * barred
    frame = pd.DataFrame(
        {
            "id": rng.permutation(rows * 3)[:rows] + 1,
            "plate": [f"{left} {right}" for left, right in zip(letters, numbers, strict=True)],
            "day": days.strftime("%Y-%m-%d"),
            "depot": depot,
            "km": km,
            "parcels": parcels,
            "minutes": (minutes + rng.normal(0, 4.0, rows)).round(1),
        }
    )
    task = asked("regression", ("minutes",), "rmse", answer="value", greater_is_better=False)
    return Draft(frame, DESCRIPTION, task, fill=0.0)


def write_rationing(folder: Path, rows: int = 600, seed: int = 0) -> Competition:
    """Write it with `rows` training rows and a quarter as many test rows."""
    return write(folder, rationing(rows + rows // 4, seed), rows)
