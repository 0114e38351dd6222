"""Scores of out-of-fold predictions: what they are, and that no decision saw its own rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.metric import METRICS, decision_for
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.worker.comparison import compare
from iiml_codegen.worker.decisions import apply_decision, fit_decision
from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.metrics_labels import Floats
from iiml_codegen.worker.predictions import Aim
from iiml_codegen.worker.scoring import constant_score, score
from workspace_templates.models import (
    decide_argmax,
    decide_clip,
    decide_grades,
    decide_labels,
    decide_shares,
    decide_threshold,
)

N = 600
TEMPLATES: dict[str, Callable[..., Any]] = {
    "threshold": decide_threshold.decide,
    "argmax": decide_argmax.decide,
    "labels": decide_labels.decide,
    "grades": decide_grades.decide,
    "clip": decide_clip.decide,
    "shares": decide_shares.decide,
}


def example(kind: str, n: int = N, seed: int = 0) -> tuple[Floats, Floats]:
    """Labels and raw predictions that know something about them."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=n)
    noisy = signal + rng.normal(size=n)
    if kind == "binary":
        return (noisy > 1).astype(float), norm.cdf(signal - 1)
    if kind == "ordinal":
        return np.digitize(noisy, [-1.5, 0.0, 1.5]).astype(float), 1.5 + signal / 2
    if kind == "regression":
        return np.rint(np.exp(noisy)), np.exp(signal) + 1
    if kind == "multi_regression":
        return np.exp(np.stack([noisy, signal], 1)), np.exp(np.stack([signal, signal], 1))
    if kind == "multilabel":
        return np.stack([noisy > 1, noisy < -1], 1).astype(float), norm.cdf(
            np.stack([signal - 1, -signal - 1], 1)
        )
    p = np.exp(rng.normal(size=(n, 3)) * 1.5)
    p /= p.sum(axis=1, keepdims=True)
    return (p.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1).astype(float), p


def aim(metric: str, kind: str) -> Aim:
    return Aim(metric, kind, {"multiclass": 3, "ordinal": 4}.get(kind, 2), 0)


def on_disk(
    folder: Path, y: Floats, raw: Floats, folds: int = 4, name: str = "a"
) -> dict[str, Any]:
    """What the verb reads: labels, and raw predictions by fold with test rows after them."""
    np.save(folder / "target.npy", y)
    listed = []
    for fold in range(folds):
        rows = np.arange(len(y))[fold::folds] if folds > 1 else np.arange(0, len(y), 3)
        np.save(folder / f"{name}{fold}.npy", np.concatenate([raw[rows], raw[:7]]))
        np.save(folder / f"rows{fold}of{folds}.npy", rows)
        files = {"raw": f"{name}{fold}.npy", "fold_rows": f"rows{fold}of{folds}.npy"}
        listed.append({key: str(folder / file) for key, file in files.items()})
    return {"labels": {"file": str(folder / "target.npy")}, "folds": listed, "seed": 0}


def asked(params: dict[str, Any], metric: str, kind: str) -> dict[str, Any]:
    classes = {"multiclass": 3, "ordinal": 4}.get(kind, 0)
    return {**params, "metric": metric, "kind": kind, "classes": classes}


PAIRS = [
    (name, kind)
    for name, info in METRICS.items()
    for kind in info.kinds
    if info.wants not in ("masks", "texts")
]


@pytest.mark.parametrize(("metric", "kind"), PAIRS)
def test_each_metric_scores_each_of_its_kinds(tmp_path: Path, metric: str, kind: str) -> None:
    y, raw = example(kind)
    if "gamma" in metric or ("log" in metric and kind == "regression"):
        y = y + 1
    plain = score(asked(on_disk(tmp_path, y, raw), metric, kind))
    found = from_plain(plain, Score)
    assert found.rows == N
    assert len(found.folds) == 4
    assert 0 <= found.standard_error < 1 + abs(found.value)
    if metric not in ("median_ae", "top_3_accuracy", "top_5_accuracy"):
        assert found.standard_error > 0
    constant = constant_score(asked(on_disk(tmp_path, y, raw), metric, kind))["value"]
    if metric not in ("mape", "smape", "rmspe", "top_3_accuracy", "top_5_accuracy"):
        assert (found.value > constant) == METRICS[metric].greater_is_better


@pytest.mark.parametrize(("metric", "kind"), PAIRS)
def test_templates_decide_as_the_worker_does(metric: str, kind: str) -> None:
    y, raw = example(kind)
    purpose = aim(metric, kind)
    decision = decision_for(METRICS[metric], kind)
    fitted = fit_decision(purpose, raw, y, careful=False)
    answers = apply_decision(purpose, raw, fitted)
    if decision == "none":
        assert answers is raw
        return
    arguments = {k: v if k.endswith("s") else v[0] for k, v in fitted.items()}
    np.testing.assert_array_equal(answers, TEMPLATES[decision](raw, **arguments))


def test_the_value_is_the_metric_of_the_rows_that_folds_withheld(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    raw = y * 0.5 + rng.normal(size=N) * 0.2
    found = score(asked(on_disk(tmp_path, y, raw), "rmse", "regression"))
    assert found["value"] == pytest.approx(np.sqrt(np.mean((y - raw) ** 2)), abs=1e-12)


def test_a_ranking_is_scored_within_folds(tmp_path: Path) -> None:
    y, raw = example("binary")
    shifted = raw + np.arange(N) % 4
    plain = score(asked(on_disk(tmp_path, y, raw), "roc_auc", "binary"))
    other = score(asked(on_disk(tmp_path, y, shifted), "roc_auc", "binary"))
    assert other["value"] == pytest.approx(plain["value"], abs=1e-12)
    assert plain["value"] == pytest.approx(np.mean(plain["folds"]), abs=1e-12)


def test_noise_gets_no_better_by_a_fitted_threshold(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    values = []
    for place in range(6):
        folder = tmp_path / str(place)
        folder.mkdir()
        y = rng.integers(0, 2, 200).astype(float)
        params = on_disk(folder, y, rng.random(200))
        values.append(score(asked(params, "accuracy", "binary"))["value"])
    assert np.mean(values) < 0.53


def test_accuracy_on_few_rows_keeps_the_threshold_of_a_half() -> None:
    y, raw = example("binary", 150)
    assert fit_decision(aim("accuracy", "binary"), raw, y) == {"threshold": [0.5]}


def test_f1_of_a_rare_class_gets_a_low_threshold() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 9, 4000)
    y = (rng.random(4000) < p).astype(float)
    (threshold,) = fit_decision(aim("f1", "binary"), p, y)["threshold"]
    assert 0.05 < threshold < 0.3


def test_the_threshold_of_very_few_positives_is_looked_for_among_them() -> None:
    rng = np.random.default_rng(0)
    y = (np.arange(20_000) < 60).astype(float)
    p = np.where(y == 1, rng.uniform(0.03, 0.09, len(y)), rng.uniform(0, 0.028, len(y)))
    purpose = aim("mcc", "binary")
    answers = apply_decision(purpose, p, fit_decision(purpose, p, y, careful=False))
    assert purpose.measure.value(y, answers, 2) > 0.9


def test_grades_are_cut_better_than_by_rounding() -> None:
    y, raw = example("ordinal", 2000)
    purpose = aim("quadratic_weighted_kappa", "ordinal")
    cut = apply_decision(purpose, raw, fit_decision(purpose, raw, y))
    rounded = np.clip(np.rint(raw), 0, 3)
    assert purpose.measure.value(y, cut, 4) > purpose.measure.value(y, rounded, 4) + 0.03


def test_numbers_stop_at_limits_that_rows_share_and_may_go_beyond_records() -> None:
    rng = np.random.default_rng(2)
    ratings = rng.integers(1, 6, 500).astype(float)
    fitted = fit_decision(aim("rmse", "regression"), ratings + 0.2, ratings)
    assert (fitted["low"], fitted["high"]) == ([1.0], [5.0])
    counts = rng.poisson(0.3, 500).astype(float)
    fitted = fit_decision(aim("poisson_deviance", "regression"), counts, counts)
    assert 0 < fitted["low"][0] < 0.01
    growing = np.arange(500.0)
    fitted = fit_decision(aim("rmse", "regression"), growing + 0.2, growing)
    assert (fitted["low"], fitted["high"]) == ([0.0], [748.5])
    fitted = fit_decision(aim("mape", "regression"), growing + 0.2, growing + 1.0)
    assert fitted["low"] == [0.5]
    fitted = fit_decision(aim("rmse", "regression"), growing - 9.8, growing - 10.0)
    assert fitted["low"] == [-259.5]


def test_class_weights_help_balanced_accuracy() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet([6.0, 1.0, 1.0], 3000)
    y = (p.cumsum(axis=1) < rng.random(3000)[:, None]).sum(axis=1).astype(float)
    purpose = aim("balanced_accuracy", "multiclass")
    weighed = apply_decision(purpose, p, fit_decision(purpose, p, y))
    assert purpose.measure.value(y, weighed, 3) > purpose.measure.value(y, p.argmax(1), 3) + 0.05


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_calibrated_probabilities_without_shares_have_the_least_balanced_log_loss(
    kind: str,
) -> None:
    rng = np.random.default_rng(2)
    p = rng.dirichlet([6.0, 1.0] if kind == "binary" else [6.0, 1.0, 1.0], 4000)
    y = (p.cumsum(axis=1) < rng.random(4000)[:, None]).sum(axis=1).astype(float)
    raw = p[:, 1] if kind == "binary" else p
    purpose = aim("balanced_log_loss", kind)
    value = purpose.measure.value
    fitted = fit_decision(purpose, raw, y)
    best = value(y, apply_decision(purpose, raw, fitted))
    assert best < value(y, raw) - 0.1
    for factor in (0.7, 1.4):
        shifted = {"shares": [fitted["shares"][0] * factor, *fitted["shares"][1:]]}
        assert best < value(y, apply_decision(purpose, raw, shifted))


def test_a_class_that_no_row_has_does_not_divide_by_nothing() -> None:
    p, y = np.full((6, 3), 1 / 3), np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    purpose = aim("balanced_log_loss", "multiclass")
    answers = apply_decision(purpose, p, fit_decision(purpose, p, y))
    assert np.isfinite(answers).all()
    assert np.isfinite(purpose.measure.value(y, answers))


def test_pieces_of_a_balanced_loss_tell_how_uncertain_it_is() -> None:
    rng = np.random.default_rng(4)
    measure, values, errors = aim("balanced_log_loss", "binary").measure, [], []
    for _ in range(400):
        y = (np.arange(500) < 25).astype(float)
        pieces = measure.pieces(y, np.clip(0.3 + 0.4 * y + rng.normal(0, 0.15, 500), 0.01, 0.99))
        values.append(float(pieces.mean()))
        errors.append(float(pieces.std() / np.sqrt(len(pieces))))
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.15)


def test_few_rows_get_balanced_accuracy_by_shares() -> None:
    kept = 0
    for seed in range(30):
        y, raw = example("binary", 80, seed=seed)
        (threshold,) = fit_decision(aim("balanced_accuracy", "binary"), raw, y)["threshold"]
        kept += threshold == y.mean()
    assert kept >= 20
    y, raw = example("multiclass", 80)
    (weights,) = fit_decision(aim("balanced_accuracy", "multiclass"), raw, y).values()
    shares = np.bincount(y.astype(int)) / 80
    np.testing.assert_allclose(np.asarray(weights) * shares, 1 / (1 / shares).sum())


def test_balanced_accuracy_of_many_classes_counts_by_shares() -> None:
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.full(40, 0.5)) + 0.002
    y = rng.choice(40, 4000, p=shares / shares.sum())
    like = np.exp(1.5 * np.eye(40)[y] + rng.normal(size=(4000, 40)) * 0.5)
    p = like * shares / (like * shares).sum(axis=1, keepdims=True)
    purpose = Aim("balanced_accuracy", "multiclass", 40, 0)
    answers = apply_decision(purpose, p, fit_decision(purpose, p, y.astype(float)))
    value = purpose.measure.value
    plain = value(y.astype(float), p.argmax(axis=1).astype(float), 40)
    assert value(y.astype(float), answers, 40) > plain + 0.1


def test_one_fold_is_enough_for_a_score(tmp_path: Path) -> None:
    y, raw = example("ordinal")
    params = on_disk(tmp_path, y, raw, folds=1)
    found = score(asked(params, "quadratic_weighted_kappa", "ordinal"))
    assert found["rows"] == N // 3
    assert len(found["fitted"]["thresholds"]) == 3


def test_the_same_request_gives_the_same_answer(tmp_path: Path) -> None:
    y, raw = example("binary")
    request = asked(on_disk(tmp_path, y, raw), "average_precision", "binary")
    assert score(request) == score(request)


def test_rows_without_a_label_do_not_count(tmp_path: Path) -> None:
    y, raw = example("binary")
    y[:10] = np.nan
    assert score(asked(on_disk(tmp_path, y, raw), "log_loss", "binary"))["rows"] == N - 10


@pytest.mark.parametrize("row", [0, N])
def test_folds_that_share_a_row_or_go_beyond_the_table_are_refused(
    row: int, tmp_path: Path
) -> None:
    y, raw = example("binary")
    request = asked(on_disk(tmp_path, y, raw), "log_loss", "binary")
    rows = np.load(request["folds"][1]["fold_rows"])
    np.save(request["folds"][1]["fold_rows"], np.concatenate([[row], rows[1:]]))
    with pytest.raises(DataError, match="overlap or go beyond"):
        score(request)


@pytest.mark.parametrize(
    ("value", "part"), [(np.nan, "not finite"), (1.5, "no probabilities"), (-0.5, "no probab")]
)
def test_predictions_that_are_none_are_refused(tmp_path: Path, value: float, part: str) -> None:
    y, raw = example("binary")
    raw[5] = value
    with pytest.raises(DataError, match=part):
        score(asked(on_disk(tmp_path, y, raw), "log_loss", "binary"))


def test_a_metric_without_a_value_is_said(tmp_path: Path) -> None:
    params = on_disk(tmp_path, np.ones(N), example("binary")[1])
    with pytest.raises(DataError, match="no value"):
        score(asked(params, "roc_auc", "binary"))


def test_the_better_of_two_is_told_on_the_rows_they_share(tmp_path: Path) -> None:
    y, raw = example("regression")
    noise = np.random.default_rng(5).normal(size=N) * 2
    good, bad = on_disk(tmp_path, y, raw, name="a"), on_disk(tmp_path, y, raw + noise, name="b")
    request = {**asked(good, "rmse", "regression"), "a": good, "b": {"folds": bad["folds"][:2]}}
    found = compare(request)
    assert found["rows"] == N // 2
    assert found["p_better"] > 0.9
    assert found["difference"] > 0
    back = compare({**request, "a": request["b"], "b": good})
    assert back["difference"] == pytest.approx(-found["difference"])
    assert back["p_better"] == pytest.approx(1 - found["p_better"])


@pytest.mark.parametrize(("metric", "kind"), PAIRS)
def test_a_candidate_is_as_good_as_itself(tmp_path: Path, metric: str, kind: str) -> None:
    y, raw = example(kind, 120)
    params = on_disk(tmp_path, y + (kind == "regression"), raw)
    found = compare({**asked(params, metric, kind), "a": params, "b": params})
    assert found["p_better"] == 0.5
    assert found["difference"] == 0.0


@pytest.mark.parametrize(
    ("metric", "kind", "expected"),
    [
        ("accuracy", "binary", 0.75),
        ("roc_auc", "binary", 0.5),
        ("log_loss", "binary", -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))),
        ("balanced_log_loss", "binary", np.log(2)),
        ("rmse", "regression", np.sqrt(0.1875)),
        ("mae", "regression", 0.25),
        ("spearman", "regression", 0.0),
    ],
)
def test_the_best_constant_has_its_score(
    tmp_path: Path, metric: str, kind: str, expected: float
) -> None:
    y = np.array([0.0, 0.0, 0.0, 1.0] * 10)
    found = constant_score(asked(on_disk(tmp_path, y, y), metric, kind))
    assert found["value"] == pytest.approx(expected)
