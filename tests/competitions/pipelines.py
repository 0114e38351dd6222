"""Hand-written modules and a seeded folder, small enough to assemble and run in a test."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path

from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.integration.pipeline_plan import HarnessPlan, MemberModule, Module

PREP = '''"""Prepare two numbers and a colour.

The colour is a category.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TRAIN_FILE = "train.csv"
TEST_FILE = "test.csv"
CLASSES = ["no", "yes"]


def prepare(
    data_dir: Path, extracted: dict[str, Any] | None = None, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Prepare both tables."""
    fitted = {} if fitted is None else fitted
    # [P1] Read the tables
    train = pd.read_csv(data_dir / TRAIN_FILE)
    test = pd.read_csv(data_dir / TEST_FILE)
    # [P2] Fill gaps with the median  🎈
    medians = remember(fitted, "medians", lambda: train[["size", "age"]].median())
    outputs: dict[str, Any] = {}
    for name, table in {"train": train, "test": test}.items():
        features = table[["size", "age"]].fillna(medians)
        outputs[f"features_{name}"] = features.assign(red=(table["colour"] == "red").astype(int))
    outputs["target"] = train["bought"].map(CLASSES.index).to_numpy(dtype="int64")
    return outputs


def remember(fitted: dict[str, Any], name: str, learn: Any) -> Any:
    """Learn once, then recall."""
    return fitted[name] if name in fitted else fitted.setdefault(name, learn())
'''

MODEL = '''"""Boosted stumps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier

ROUNDS = 20
PARAMS = {"max_depth": 2, "learning_rate": 0.1}


@dataclass
class Model:
    """A fitted classifier."""

    estimator: GradientBoostingClassifier
    rounds: int


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    valid: "tuple[pd.DataFrame, np.ndarray] | None" = None,
    rounds: int | None = None,
    seed: int = 0,
) -> "Model":
    """Grow stumps."""
    # [M1] Gradient boosting
    trees = rounds or (ROUNDS if valid is None else len(valid[1]))
    estimator = GradientBoostingClassifier(n_estimators=trees, random_state=seed, **PARAMS)
    return Model(estimator.fit(X, y), trees)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(yes)."""
    return clipped(model.estimator.predict_proba(X)[:, 1])


def clipped(chances: np.ndarray) -> np.ndarray:
    """Stay off certainty."""
    return np.clip(chances, 0.001, 0.999)


if __name__ == "__main__":
    print("never in a pipeline")
'''

FOREST = MODEL.replace('"""Boosted stumps."""', '"""A forest."""').replace(
    """    trees = rounds or (ROUNDS if valid is None else len(valid[1]))
    estimator = GradientBoostingClassifier(n_estimators=trees, random_state=seed, **PARAMS)
""",
    """    trees = ROUNDS
    estimator = ExtraTreesClassifier(n_estimators=trees, random_state=seed, **PARAMS)
""",
)
FOREST = FOREST.replace("GradientBoostingClassifier", "ExtraTreesClassifier")
FOREST = FOREST.replace('{"max_depth": 2, "learning_rate": 0.1}', '{"max_depth": 4}')

DECIDE = '''"""Yes from a threshold on."""

import numpy as np


def decide(raw: np.ndarray, *, threshold: float = 0.5) -> np.ndarray:
    """Answer with codes."""
    return (raw >= threshold).astype("int64")
'''

COMBINE = '''"""A weighted mean."""

from collections.abc import Sequence

import numpy as np


def combine(predictions: Sequence[np.ndarray], *, weights: Sequence[float]) -> np.ndarray:
    """Average members by weight."""
    return np.average(np.stack(predictions), axis=0, weights=np.asarray(weights))
'''


def write_shop(folder: Path, rows: int = 60, tests: int = 20, seed: int = 0) -> Path:
    """Write a competition: whether a customer buys a thing, sample in another order, CRLF."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    lines = {"train.csv": [["id", "size", "age", "colour", "bought"]], "test.csv": []}
    lines["test.csv"].append(lines["train.csv"][0][:-1])
    for number in range(rows + tests):
        size, age = draw.gauss(0, 1), draw.randint(1, 90)
        colour = draw.choice(["red", "blue"])
        bought = "yes" if size + (colour == "red") + draw.gauss(0, 0.5) > 0.5 else "no"
        cells = [f"c{number:03}", f"{size:.3f}", "" if number % 7 == 0 else str(age), colour]
        row, name = ([*cells, bought], "train.csv") if number < rows else (cells, "test.csv")
        lines[name].append(row)
    ids = [row[0] for row in lines["test.csv"][1:]]
    lines["sample_submission.csv"] = [["id", "bought"], *([name, "no"] for name in reversed(ids))]
    for name, table in lines.items():
        ends = "\r\n" if name == "sample_submission.csv" else "\n"
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator=ends).writerows(table)
    return folder


def shop_task(answer: str = "label") -> TaskSummary:
    """The task of the shop."""
    return TaskSummary(
        title="A shop",
        description_file=None,
        train_file="train.csv",
        test_file="test.csv",
        kind="binary",
        targets=("bought",),
        id_column="id",
        metric="accuracy",
        greater_is_better=True,
        submission=SubmissionFormat(
            file="sample_submission.csv",
            columns=("id", "bought"),
            id_column="id",
            answer="label" if answer == "label" else "probability",
            answer_columns=("bought",),
            rows=20,
        ),
        classes=("no", "yes"),
    )


def shop_plan(**changes: object) -> HarnessPlan:
    """A plan for one thread."""
    settings: dict[str, object] = {"title": "A shop", "task": shop_task(), "threads": 1} | changes
    return HarnessPlan(**settings)  # type: ignore[arg-type]


def prep_module(text: str = PREP) -> Module:
    """The prep module of the shop."""
    return Module(name="prep", label="prep.py", text=text)


def member(name: str = "stumps", text: str = MODEL, **changes: object) -> MemberModule:
    """A member of the shop's pipeline."""
    module = Module(name=name, label=f"model_{name}.py", text=text)
    settings: dict[str, object] = {"rounds": 12, "seeds": (0, 1)} | changes
    return MemberModule(name=name, module=module, view="features", **settings)  # type: ignore[arg-type]


def run_pipeline(pipeline: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a pipeline file in a process of its own, isolated from this checkout."""
    command = [sys.executable, "-I", str(pipeline), *(str(item) for item in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=pipeline.parent)
