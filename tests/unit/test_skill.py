"""IIML511: its examples are scored by the worker, as the ladder scores predictions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.fault import Place
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.integration.rules.rule import Example
from iiml_codegen.integration.rules.scoring import no_skill as rule
from iiml_codegen.integration.skill import NO_SKILL, no_skill

PREDICT = Place(file="model_traditional.py", line=3)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerClient]:
    """A real worker."""
    client = WorkerClient(Path(sys.executable), tmp_path_factory.mktemp("skill") / "worker.log")
    yield client
    client.close()


def scores(worker: WorkerClient, folder: Path, example: Example) -> tuple[Score, float]:
    """The score of an example's predictions, and of the best constant answer."""
    built: dict[str, Any] = {}
    exec(example.text, built)
    for name in ("target", "raw"):
        np.save(folder / f"{name}.npy", np.array(built[name]))
    np.save(folder / "rows.npy", np.arange(len(built["raw"])))
    asked = {
        "labels": {"file": str(folder / "target.npy")},
        "kind": "binary",
        "metric": "log_loss",
        "classes": 2,
    }
    fold = {"raw": str(folder / "raw.npy"), "fold_rows": str(folder / "rows.npy")}
    found = worker.call_typed("score", {**asked, "seed": 0, "folds": [fold]}, Score)
    return found, worker.call_typed("constant_score", asked, Score).value


@pytest.mark.parametrize(
    ("example", "fine"),
    [*((e, True) for e in rule.RULE.valid), *((e, False) for e in rule.RULE.invalid)],
)
def test_only_predictions_that_beat_a_constant_pass(
    worker: WorkerClient, tmp_path: Path, example: Example, fine: bool
) -> None:
    score, constant = scores(worker, tmp_path, example)
    found = no_skill(score, constant, PREDICT, greater_is_better=False)
    assert (found is None) == fine
    assert found is None or (found.code, found.place) == (NO_SKILL, PREDICT)


def test_the_direction_of_the_metric_counts() -> None:
    score = Score(value=0.6, standard_error=0.1, folds=(0.6,), rows=9)
    assert no_skill(score, 0.5, PREDICT, greater_is_better=True) is None
    found = no_skill(score, 0.5, PREDICT, greater_is_better=False)
    assert found is not None and "0.6000 is no better" in found.message
