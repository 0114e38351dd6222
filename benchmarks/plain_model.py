"""A model that plans and writes the same plain pipeline for any competition of two tables.

Its first module has a fault that its debugging agent mends at the second attempt: so that planning,
first code and two repairs are asked for, and can be counted.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from processes.scripted_model import Answer, Asked

TRACKS = ("traditional", "pretrained", "custom_nn")
PROFILE = """
from pathlib import Path

import pandas as pd


def profile(data_dir: Path) -> dict:
    train = pd.read_csv(data_dir / "train.csv")
    return {"rows": len(train), "columns": len(train.columns)}
"""
PREP = '''
"""Prepare what both tables have as numbers."""

from pathlib import Path
from typing import Any

import pandas as pd


def part_of(text: str) -> str:
    """Take what stands behind the first bar."""
    return text.split("|")[1]


def numbers(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Numbers as they are, texts by their length."""
    made = {}
    for name in columns:
        read = pd.to_numeric(rows[name], errors="coerce")
        made[name] = read if read.notna().any() else rows[name].astype(str).str.len()
    return pd.DataFrame(made).fillna(0.0).astype("float64")


def prepare(data_dir: Path) -> dict[str, Any]:
    """Give the view `table` and the target."""
    # [P1] Read both tables
    train = pd.read_csv(data_dir / "train.csv", dtype=str)
    test = pd.read_csv(data_dir / "test.csv", dtype=str)
    # [P2] Number the labels
    (name,) = [column for column in train.columns if column not in test.columns]
    target = pd.factorize(train[name], sort=True)[0]
    # [P3] Take the numbers that both tables have
    columns = [column for column in test.columns if column.lower() not in ("id", "passengerid")]
    first = part_of(columns[0])
    return {
        "table_train": numbers(train, [first, *columns]),
        "table_test": numbers(test, [first, *columns]),
        "target": target,
    }
'''
MODEL = '''
"""Logistic regression on scaled numbers."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def fit(X: pd.DataFrame, y: np.ndarray) -> Pipeline:
    """Weigh every column."""
    # [M{number}] Logistic regression on scaled numbers
    # [T{number}] Minimise the loss with a penalty
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y)


def predict(model: Pipeline, X: pd.DataFrame) -> np.ndarray:
    """Give probabilities."""
    found = model.predict_proba(X)
    return found[:, 1] if found.shape[1] == 2 else found
'''
FACT = {"topic": "scaling", "says": "Linear models want scaled numbers.", "source": ""}
MEMBER = {
    "view": "table",
    "model": "Logistic regression on scaled numbers",
    "settings": "the usual penalty",
    "training": "Minimise the loss with a penalty",
    "why": "cheap",
}
OBJECTS: dict[str, object] = {
    "task_analyzer": {"domain": "a competition", "row": "one case"},
    "knowledge_retriever": {"facts": [FACT]},
    "custom_architecture_retriever": {"facts": [FACT]},
    "pretrained_model_retriever": {"choices": []},
    "guideline_agent": {
        "prep": [{"title": "Take the numbers that both tables have", "why": "they are there"}],
        "views": [
            {"name": "table", "kind": "frame", "values": "numbers", "gaps": False, "says": "rows"}
        ],
        "members": [MEMBER | {"track": track} for track in TRACKS],
    },
    "error_analyzer": {"file": "prep.py", "line": 12, "cause": "there is no bar in a name"},
    "improver": {"ideas": []},
    "evaluation_agent": {"attention": [], "suspicious": [], "lesson": "Nothing yet."},
    "ensembler": {"sets": []},
}


def plain(asked: Asked) -> Answer:
    """The answer of the agent that asks."""
    if asked.agent == "profiling_agent":
        return f"```python{PROFILE}```"
    if asked.agent == "preprocessing_coder":
        return f"```python{PREP}```"
    if asked.agent == "modeling_coder":
        number = next(n for n, t in enumerate(TRACKS, start=1) if f"model_{t}.py" in asked.text)
        return f"```python{MODEL.format(number=number)}```"
    if asked.agent == "debugging_agent":
        better = "text or" if asked.count > 1 else "text +"
        edit = {"find": "return text.split", "replace": f"return {better} text.split"}
        mend = {"cause": "wrong part", "file": "prep.py", "title": "Take another part"}
        return json.dumps(mend | {"edits": [edit]})
    return json.dumps(OBJECTS.get(asked.agent, {}))
