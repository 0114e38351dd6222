"""AutoGluon-Tabular as a user would run it on a competition's tables; started by another Python.

    PYTHON benchmarks/peers/autogluon_tabular.py JOB.json

Needs `autogluon.tabular` (1.6) and nothing of iiML. The job names the folder, its target and id
columns, the metric, the preset and the seconds; the submission has the columns of the sample.
Several targets get a predictor and an equal share of the seconds each; tables are all it reads.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from autogluon.tabular import TabularPredictor

METRICS = {
    "accuracy": "accuracy",
    "roc_auc": "roc_auc",
    "mean_column_roc_auc": "roc_auc",
    "log_loss": "log_loss",
    "multiclass_log_loss": "log_loss",
    "quadratic_weighted_kappa": "quadratic_kappa",
    "rmse": "root_mean_squared_error",
    "rmsle": "root_mean_squared_error",
    "mean_rmsle": "root_mean_squared_error",
}
OF_LOGARITHMS = ("rmsle", "mean_rmsle")
"""These are served by the root mean squared error of log(1 + target)."""
LONGEST_ID = 40
START_AND_PREDICT = 20.0
"""Seconds of the budget that go into imports, reading and predicting."""


def read(path: Path) -> pd.DataFrame:
    """A table in CSV or JSON; lists in its cells become texts, since AutoGluon reads no lists."""
    table = pd.read_json(path) if path.suffix == ".json" else pd.read_csv(path)
    for name in table:
        if table[name].map(lambda cell: isinstance(cell, list)).any():
            table[name] = table[name].map(lambda cell: " ".join(map(str, cell)))
    return table


def without_ids(frame: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """The table without columns that only number rows; texts and dates that serve as ids stay."""
    plain = [c for c in ids if c in frame and not speaks(frame[c])]
    return frame.drop(columns=plain)


def speaks(column: pd.Series) -> bool:
    """Whether the values of an id column are texts or moments."""
    texts = column.astype(str)
    dates = pd.to_datetime(texts.head(50), errors="coerce", format="mixed")
    moments = not pd.api.types.is_numeric_dtype(column) and bool(dates.notna().all())
    return moments or float(texts.str.len().mean()) > LONGEST_ID


def tables(folder: Path, job: Mapping[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the columns that they share; the training one with its targets, too."""
    train, test = (read(next(folder.glob(f"{name}.[cj]s*"))) for name in ("train", "test"))
    shared = [column for column in train if column in test]
    features = without_ids(train[shared], list(job["ids"]))
    return pd.concat([features, train[list(job["labels"])]], axis=1), test[list(features)]


def predicted(
    train: pd.DataFrame, test: pd.DataFrame, label: str, job: Mapping[str, Any], seconds: float
) -> pd.DataFrame | pd.Series:
    """What one target gets: probabilities where the metric wants them, else answers."""
    others = [name for name in job["labels"] if name != label]
    rows = train.drop(columns=others)
    logarithms = job["metric"] in OF_LOGARITHMS
    if logarithms:
        rows = rows.assign(**{label: np.log1p(rows[label])})
    folder = Path(job["out"]).with_suffix(f".{len(others)}.models")
    predictor = TabularPredictor(
        label=label, eval_metric=METRICS[job["metric"]], path=str(folder), verbosity=1
    )
    predictor.fit(rows, time_limit=seconds, presets=job["preset"], num_cpus=job["cores"])
    wants = METRICS[job["metric"]] in ("roc_auc", "log_loss")
    found = predictor.predict_proba(test) if wants else predictor.predict(test)
    shutil.rmtree(folder, ignore_errors=True)
    return np.expm1(found).clip(lower=0) if logarithms else found


def submission(folder: Path, job: Mapping[str, Any], began: float) -> pd.DataFrame:
    """The sample with the predicted columns in it."""
    train, test = tables(folder, job)
    sample = pd.read_csv(folder / job["sample"])
    labels = list(job["labels"])
    end = began + job["seconds"] - START_AND_PREDICT
    for place, label in enumerate(labels):
        seconds = (end - time.monotonic()) / (len(labels) - place)
        found = predicted(train, test, label, job, seconds)
        if isinstance(found, pd.Series):
            sample[label] = found.to_numpy()
        elif len(job["targets"]) == len(labels):
            sample[job["targets"][place]] = found.iloc[:, -1].to_numpy()
        else:
            for column in job["targets"]:
                sample[column] = found[column].to_numpy()
    return sample


def main() -> None:
    """Fit and write the submission."""
    began = time.monotonic()
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    np.random.seed(job["seed"])
    submission(Path(job["folder"]), job, began).to_csv(job["out"], index=False)


if __name__ == "__main__":
    main()
