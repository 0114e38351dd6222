"""The diagnosis: what the worker answers, which variations it writes, what the report shows."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.domain.diagnosis import (
    Confusion,
    Diagnosis,
    Errors,
    Importance,
    LearningPoint,
    ResidualBin,
    Residuals,
)
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.report import Story, render_report
from iiml_codegen.report_plot import Line, plot


def saved(folder: Path, name: str, values: Any) -> str:
    path = folder / f"{name}.npy"
    np.save(path, np.asarray(values))
    return str(path)


def scoring(folder: Path, labels: list[float], kind: str, metric: str) -> dict[str, Any]:
    return {"labels": {"file": saved(folder, "y", labels)}, "kind": kind, "metric": metric}


@pytest.fixture
def worker(tmp_path: Path) -> Any:
    client = WorkerClient(Path(sys.executable), tmp_path / "worker.log")
    yield client
    client.close()


def test_rows_are_counted_by_true_and_answered_class(worker: WorkerClient, tmp_path: Path) -> None:
    params = scoring(tmp_path, [0, 0, 0, 1, 1, 1], "binary", "roc_auc")
    fold = {
        "raw": saved(tmp_path, "raw", [0.1, 0.2, 0.9, 0.8, 0.7, 0.3]),
        "fold_rows": saved(tmp_path, "rows", range(6)),
    }
    candidates = [{"id": "a", "folds": [fold]}]
    asked = {**params, "candidates": candidates, "names": ["no", "yes"]}
    errors = worker.call_typed("diagnose", asked, Errors)
    assert errors.confusion == Confusion(labels=("no", "yes"), counts=((2, 1), (1, 2)))


def test_residuals_are_truth_minus_prediction(worker: WorkerClient, tmp_path: Path) -> None:
    truth = [float(n) for n in range(40)]
    params = scoring(tmp_path, truth, "regression", "mae")
    fold = {
        "raw": saved(tmp_path, "raw", [n - 2.0 for n in truth]),
        "fold_rows": saved(tmp_path, "rows", range(40)),
    }
    asked = {**params, "candidates": [{"id": "a", "folds": [fold]}], "names": []}
    errors = worker.call_typed("diagnose", asked, Errors)
    assert errors.residuals is not None
    assert [one.median for one in errors.residuals.bins[1:-1]] == pytest.approx([2.0] * 3)
    assert len(errors.residuals.points) == 40


def varied(worker: WorkerClient, folder: Path, **more: Any) -> dict[str, Any]:
    train = pd.DataFrame({"a": np.arange(8.0), "b": list("xyxyxyxy")})
    test = pd.DataFrame({"a": np.arange(100.0, 106.0), "b": list("yyxxyx")})
    outputs = {"features_train": train, "features_test": test, "target": np.arange(8)}
    outputs |= {"names_train": list("abcdefgh"), "names_test": list("ijklmn")}
    (folder / "prepared.pkl").write_bytes(pickle.dumps(outputs))
    out = folder / "out"
    out.mkdir()
    params = {
        "prepared": str(folder / "prepared.pkl"),
        "out": str(out),
        "view": "features",
        "shares": [0.5, 1.0],
        "rows": saved(folder, "all", [0, 1, 2, 3, 4, 5, 6, 7]),
        "fold_rows": saved(folder, "fold", [8, 9, 10]),
        "valid": saved(folder, "valid", [1, 6]),
        "train_rows": 8,
        **more,
    }
    return worker.call("vary_prepared", params)


def test_a_column_is_shuffled_alone_and_only_on_withheld_rows(
    worker: WorkerClient, tmp_path: Path
) -> None:
    answer = varied(worker, tmp_path)
    whole = pickle.loads(Path(answer["fits"][1]["prepared"]).read_bytes())
    test = whole["features_test"]
    assert answer["columns"] == ["a", "b"]
    assert len(test) == 3 + 8 + 2 * 3
    assert sorted(test["a"][11:14]) == [100.0, 101.0, 102.0]
    assert list(test["b"][11:14]) == list(test["b"][:3])
    assert list(test["a"][14:]) == list(test["a"][:3])
    assert len(whole["features_train"]) == 8


def test_a_share_of_the_rows_keeps_labels_and_watched_rows_in_step(
    worker: WorkerClient, tmp_path: Path
) -> None:
    half = varied(worker, tmp_path)["fits"][0]
    outputs = pickle.loads(Path(half["prepared"]).read_bytes())
    assert half["rows"] == 4
    assert list(outputs["features_train"]["a"]) == list(outputs["target"])
    watched = outputs["target"][np.load(half["valid"])]
    assert set(watched) == {1, 6} & set(outputs["target"])


def test_a_view_beside_the_rows_keeps_step_with_them(worker: WorkerClient, tmp_path: Path) -> None:
    answer = varied(worker, tmp_path, others=["names"])
    half, whole = (pickle.loads(Path(f["prepared"]).read_bytes()) for f in answer["fits"])
    assert whole["names_test"][:3] == whole["names_test"][-3:] == list("ijk")
    assert len(whole["names_test"]) == len(whole["features_test"])
    assert half["names_train"] == ["abcdefgh"[n] for n in half["target"]]


def test_rows_that_are_encoded_apart_are_named_and_none_is_shuffled(
    worker: WorkerClient, tmp_path: Path
) -> None:
    answer = varied(worker, tmp_path, encoded=True)
    half = answer["fits"][0]
    outputs = pickle.loads(Path(half["prepared"]).read_bytes())
    chosen, again = np.load(half["chosen"]), np.load(half["learned"])
    assert answer["columns"] == []
    assert list(chosen) == [*outputs["target"], 8, 9, 10, *again]
    assert list(outputs["features_test"]["a"]) == [100.0, 101.0, 102.0, *again]


def page(diagnosis: Diagnosis) -> str:
    return render_report(
        task=None, profile=None, blueprint=None, candidates=[], story=Story(), diagnosis=diagnosis
    )


def test_the_report_shows_what_was_measured_and_says_what_was_not() -> None:
    confusion = Confusion(labels=("<b>", "yes"), counts=((7, 1), (2, 3)))
    html = page(
        Diagnosis(
            candidate="01-a",
            metric="accuracy",
            errors=Errors(rows=13, confusion=confusion),
            learner="01-a",
            learning=(
                LearningPoint(rows=10, withheld=0.5, training=0.9),
                LearningPoint(rows=20, withheld=0.6, training=None),
            ),
            importance=(Importance(column="age", drop=0.2), Importance(column="id", drop=0.0)),
            missing={"residuals": "answers are classes"},
        )
    )
    assert "Confusion matrix" in html and "&lt;b&gt;" in html and "<b>yes" not in html
    assert "0.50000 with 10 rows, 0.60000 with 20 rows" in html
    assert "<code>age</code>" in html and "No worse without: id" in html
    assert "No residuals: answers are classes." in html


def test_the_report_draws_residuals() -> None:
    bins = (ResidualBin(predicted=1.0, low=-1.0, median=0.5, high=2.0),)
    residuals = Residuals(points=((1.0, 0.5), (2.0, -1.0)), bins=bins)
    errors = Errors(rows=2, residuals=residuals)
    html = page(Diagnosis(candidate="01-a", metric="rmse", errors=errors))
    assert html.count('class="point dots"') == 2 and html.count('class="span"') == 1


def test_greater_values_are_drawn_higher_and_further_right() -> None:
    drawn = plot("", ("", ""), [Line("a", "a", ((1.0, 10.0), (2.0, 20.0), (3.0, float("nan"))))])
    assert drawn is not None
    (x1, y1), (x2, y2) = drawn.drawn[0].points
    assert x1 < x2 and y1 > y2
