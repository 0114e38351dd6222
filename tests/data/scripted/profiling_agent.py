from pathlib import Path

import pandas as pd


def profile(data_dir: Path) -> dict:
    rounds = pd.read_csv(data_dir / "train.csv", parse_dates=["day"])
    licence = rounds["plate"].str.extract(r"(\d+)$")[0].astype(int)
    alike = licence % 2 == rounds["day"].dt.day % 2
    return {
        "plates": int(rounds["plate"].nunique()),
        "minutes where licence and day are both even or both odd": float(
            rounds.loc[alike, "minutes"].mean()
        ),
        "minutes where they differ": float(rounds.loc[~alike, "minutes"].mean()),
        "correlation of minutes": {
            name: float(rounds[name].corr(rounds["minutes"])) for name in ("km", "parcels")
        },
    }
