"""What the assembler plugs in, with a toy in each socket so that the harness is real code."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workspace_templates.harness.encoding import Encoding
from workspace_templates.harness.training import Member

TRAIN_FILE = "train.csv"
TEST_FILE = "test.csv"
TRAIN_PART = "train"
KEPT_FILES = ("stores.csv",)
ARCHIVES = ("train.csv.gz", "test.csv.gz")
THREADS = 1
DECISION: dict[str, Any] = {}
COMBINATION: dict[str, Any] = {}
ENCODINGS: dict[str, Encoding] = {}
MEMBERS = {
    "mean": Member(
        fit=lambda job: float(np.mean(job.y)),
        predict=lambda model, X: np.full(len(X), model),
        train="features_train",
        test="features_test",
        target="target",
        seeds=(0,),
    )
}


def extract(
    data_dir: Path, cache_dir: Path, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Extract nothing."""
    return {}


def prepare(
    data_dir: Path, extracted: dict[str, Any] | None = None, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Read the last column of both tables as numbers."""
    columns = []
    for name in (TRAIN_FILE, TEST_FILE):
        with (data_dir / name).open(newline="", encoding="utf-8") as file:
            columns.append(np.array([float(row[-1]) for row in list(csv.reader(file))[1:]]))
    train, test = columns
    return {"features_train": train, "features_test": test, "target": train}


def decide(raw: np.ndarray, **fitted: Any) -> np.ndarray:
    """Answer with the raw predictions."""
    return raw


def combine(predictions: Sequence[np.ndarray], **parameters: Any) -> np.ndarray:
    """Take the only member's word."""
    return predictions[0]


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Write one answer a line."""
    out.write_text("".join(f"{answer}\n" for answer in answers), encoding="utf-8")
