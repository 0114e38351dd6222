"""Ensembles: better than one candidate or not taken, and the same in generated code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iiml_codegen.domain.candidate import Ensemble
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.implementation.combining import combining_text
from iiml_codegen.worker.blending import blend
from iiml_codegen.worker.calibration import fit_calibration, fit_line, fit_temperature
from iiml_codegen.worker.decisions import apply_decision, fit_decision
from iiml_codegen.worker.greedy import objective, quick_auc
from iiml_codegen.worker.links import link_gain
from iiml_codegen.worker.metrics_labels import Floats
from iiml_codegen.worker.predictions import Aim, OutOfFold
from iiml_codegen.worker.ways import (
    APPLY,
    WAYS,
    Library,
    best_single,
    goodness,
    stack_way,
    ways_for,
)

METRIC = {
    "binary": "log_loss",
    "multiclass": "log_loss",
    "multilabel": "mean_column_roc_auc",
    "ordinal": "quadratic_weighted_kappa",
    "regression": "rmse",
    "multi_regression": "mean_column_rmse",
}
TARGETS = {"multiclass": 3, "multilabel": 4, "multi_regression": 2}


def probabilities(kind: str, z: Floats) -> Floats:
    if kind == "multiclass":
        powers = np.exp(z)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    return z if kind in ("ordinal", "regression", "multi_regression") else 1 / (1 + np.exp(-z))


def truth(kind: str, z: Floats, rng: np.random.Generator) -> Floats:
    p = probabilities(kind, z)
    if kind == "multiclass":
        return (p.cumsum(axis=1) < rng.random(len(z))[:, None]).sum(axis=1).astype(float)
    if kind in ("binary", "multilabel"):
        return (rng.random(z.shape) < p).astype(float)
    noisy = z + rng.normal(size=z.shape) * 0.4
    return np.digitize(noisy, [-1.0, 0.0, 1.0]).astype(float) if kind == "ordinal" else noisy


def library(kind: str, noises: tuple[float, ...], n: int = 1500, metric: str = "") -> Library:
    """Members that see the truth through noise of their own; all are overconfident."""
    rng = np.random.default_rng(4)
    shape = (n, TARGETS[kind]) if kind in TARGETS else (n,)
    z = rng.normal(size=shape) * 1.5
    y = truth(kind, z, rng)
    rows = np.arange(n)
    heat = 1.0 if kind in ("regression", "ordinal", "multi_regression") else 1.6
    members = [
        OutOfFold(rows, rows % 5, probabilities(kind, heat * (z + rng.normal(size=shape) * s)), y)
        for s in noises
    ]
    classes = {"multiclass": 3, "ordinal": 4}.get(kind, 2)
    purpose = Aim(metric or METRIC[kind], kind, classes, 0)
    return Library(purpose, tuple(f"m{i}" for i in range(len(noises))), tuple(members))


def on_disk(folder: Path, candidates: Library) -> dict[str, Any]:
    """The request that reads these candidates from disk."""
    np.save(folder / "target.npy", candidates.y)
    listed = []
    for name, member in zip(candidates.names, candidates.members, strict=True):
        folds = []
        for fold in range(5):
            rows = member.rows[member.fold == fold]
            np.save(folder / f"{name}-{fold}.npy", member.raw[rows])
            np.save(folder / f"rows{fold}.npy", rows)
            folds.append(
                {
                    "raw": str(folder / f"{name}-{fold}.npy"),
                    "fold_rows": str(folder / f"rows{fold}.npy"),
                }
            )
        listed.append({"id": name, "folds": folds})
    purpose = candidates.aim
    return {
        "labels": {"file": str(folder / "target.npy")},
        "kind": purpose.kind,
        "metric": purpose.metric,
        "classes": purpose.classes,
        "seed": 0,
        "candidates": listed,
    }


@pytest.mark.parametrize("kind", METRIC)
def test_an_ensemble_of_noisy_members_beats_the_best_of_them(tmp_path: Path, kind: str) -> None:
    candidates = library(kind, (0.8, 0.9, 1.0))
    found = from_plain(blend(on_disk(tmp_path, candidates)), Ensemble)
    assert found.method != "single"
    assert len(found.members) > 1
    assert found.score.rows == 1500
    assert len(found.score.folds) == 5
    assert [way.method for way in found.ways] == ["single", *WAYS]
    assert next(way for way in found.ways if way.method == found.method).value == found.score.value


@pytest.mark.parametrize("kind", METRIC)
def test_useless_members_leave_the_single_one_or_nothing_of_themselves(
    tmp_path: Path, kind: str
) -> None:
    candidates = library(kind, (0.1, 30.0))
    found = from_plain(blend(on_disk(tmp_path, candidates)), Ensemble)
    assert found.members[0] == "m0"
    if found.method == "greedy":
        assert found.parameters["weights"][0] > 0.9


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("kind", METRIC)
def test_the_template_combines_as_the_worker_does(kind: str, method: str) -> None:
    candidates = library(kind, (0.6, 0.7, 0.8), 600)
    same_in_template(candidates, method)


@pytest.mark.parametrize("method", ["stack", "boost"])
@pytest.mark.parametrize("kind", ["regression", "multi_regression"])
def test_logarithms_are_added_up_where_they_are_scored(kind: str, method: str) -> None:
    known = library(kind, (0.6, 0.7, 0.8), 600)
    members = tuple(
        OutOfFold(m.rows, m.fold, np.expm1(np.abs(m.raw)), np.expm1(np.abs(m.y)))
        for m in known.members
    )
    metric = "rmsle" if kind == "regression" else "mean_column_rmsle"
    candidates = Library(Aim(metric, kind, 2, 0), known.names, members)
    assert "exponents" in same_in_template(candidates, method)


def same_in_template(candidates: Library, method: str) -> dict[str, list[float]]:
    """The final parameters of a way, with which worker and template gave the same numbers."""
    way = WAYS[method](candidates)
    raws = [candidates.raws[candidates.names.index(name)] for name in way.members]
    ours = APPLY[method](raws, way.parameters)
    generated: dict[str, Any] = {}
    exec(combining_text(method, way.parameters), generated)
    theirs = generated["combine"](raws, **way.parameters)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-9)
    assert ours.shape == raws[0].shape
    return way.parameters


def test_many_classes_share_one_coefficient_a_member() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(400, 15)) * 2
    y = truth("multiclass", z, rng)
    noisy = [probabilities("multiclass", z + rng.normal(size=z.shape)) for _ in range(3)]
    rows = np.arange(400)
    members = tuple(OutOfFold(rows, rows % 4, raw, y) for raw in noisy)
    candidates = Library(Aim("log_loss", "multiclass", 15, 0), ("a", "b", "c"), members)
    assert len(stack_way(candidates).parameters["coefficients"]) == 3
    same_in_template(candidates, "stack")
    same_in_template(candidates, "boost")


def test_an_ensemble_scores_the_same_on_noise_as_a_member() -> None:
    """Fitted on rows that it is scored on, a stack of noise would look better than chance."""
    rng = np.random.default_rng(9)
    rows, y = np.arange(300), rng.integers(0, 2, 300).astype(float)
    members = tuple(OutOfFold(rows, rows % 5, rng.random(300), y) for _ in range(8))
    candidates = Library(Aim("roc_auc", "binary", 2, 0), tuple("abcdefgh"), members)
    for fit in WAYS.values():
        assert quick_auc(fit(candidates).answers, y) < 0.56


def test_the_best_of_many_is_not_believed_its_luck() -> None:
    candidates = library("binary", (1.5,) * 30, n=300, metric="accuracy")
    aim, pairs = candidates.aim, zip(candidates.names, candidates.members, strict=True)
    each = [best_single(Library(aim, (name,), (member,))) for name, member in pairs]
    assert all(np.array_equal(single.answers, picked) for single, picked in each)
    scores = [float(np.mean(single.answers == candidates.y)) for single, _ in each]
    single, picked = best_single(candidates)
    assert goodness(candidates, single) == pytest.approx(max(scores))
    assert float(np.mean(picked == candidates.y)) < np.mean(scores) + 0.5 * np.ptp(scores)


def test_one_candidate_is_taken_as_it_is(tmp_path: Path) -> None:
    found = blend(on_disk(tmp_path, library("binary", (0.5,))))
    assert (found["method"], found["members"], found["parameters"]) == ("single", ["m0"], {})


def test_the_decision_of_an_ensemble_is_fitted_on_its_rows(tmp_path: Path) -> None:
    candidates = library("ordinal", (0.7, 0.8, 0.9))
    found = blend(on_disk(tmp_path, candidates))
    assert len(found["score"]["fitted"]["thresholds"]) == 3


def test_candidates_with_fewer_folds_are_left_out(tmp_path: Path) -> None:
    request = on_disk(tmp_path, library("binary", (0.5, 0.6, 0.7)))
    del request["candidates"][1]["folds"][1:]
    found = blend(request)
    assert all("m1" not in way["members"] for way in found["ways"])
    assert found["score"]["rows"] == 1500


@pytest.mark.parametrize("method", WAYS)
def test_a_way_that_somebody_asks_for_is_taken(tmp_path: Path, method: str) -> None:
    request = on_disk(tmp_path, library("binary", (0.1, 30.0))) | {"only": method}
    found = blend(request)
    assert (found["method"], [way["method"] for way in found["ways"]]) == (
        method,
        ["single", method],
    )


def test_the_same_request_gives_the_same_ensemble(tmp_path: Path) -> None:
    request = on_disk(tmp_path, library("multiclass", (0.5, 0.6)))
    assert blend(request) == blend(request)


def test_a_temperature_cools_what_is_overconfident() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(3000, 3)) * 1.5
    y = truth("multiclass", z, rng)
    assert fit_temperature(probabilities("multiclass", 2 * z), y, 0) == pytest.approx(0.5, abs=0.05)


def test_a_line_on_log_odds_undoes_another() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=8000)
    y = truth("binary", z, rng)
    scale, offset = fit_line(probabilities("binary", 2 * z + 1), y)
    assert (scale, offset) == pytest.approx((0.5, -0.5), abs=0.08)


def test_numbers_are_not_calibrated() -> None:
    assert fit_calibration("regression", [np.arange(5.0)], np.arange(5.0), 0) == {}


def test_regressions_are_left_out_where_least_squares_miss_the_metric() -> None:
    assert ways_for(Aim("mae", "regression", 2, 0)) == ["average", "greedy"]
    assert ways_for(Aim("rmse", "regression", 2, 0)) == list(WAYS)


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_ways_are_chosen_by_what_a_balanced_loss_is_of_the_answers(kind: str) -> None:
    candidates = library(kind, (0.3, 0.6), 900, "balanced_log_loss")
    aim, others = candidates.aim, np.flatnonzero(candidates.y != 1)[:250]
    y, raw = np.delete(candidates.y, others), np.delete(candidates.raws[0], others, axis=0)
    value = aim.measure.value(y, apply_decision(aim, raw, fit_decision(aim, raw, y)))
    assert abs(value - aim.measure.value(y, raw)) > 0.003
    assert objective(aim)(raw, y) == pytest.approx(-value, abs=1e-12)
    assert link_gain(aim, raw, y) == pytest.approx(-value, abs=1e-12)
    single = goodness(candidates, best_single(candidates)[0])
    for name in ways_for(aim):
        assert goodness(candidates, WAYS[name](candidates)) > single, name


def test_boosting_leaves_members_out_that_no_stage_takes() -> None:
    candidates = library("binary", (0.3, 8.0, 9.0), 400)
    assert WAYS["boost"](candidates).members[0] == "m0"


@pytest.mark.parametrize("kind", ["regression", "multi_regression"])
def test_members_that_a_stack_gives_no_weight_are_left_out_of_it(kind: str) -> None:
    candidates = library(kind, (0.3, 0.3, 40.0), 600)
    inverse = OutOfFold(
        candidates.members[2].rows,
        candidates.fold,
        -candidates.members[0].raw * 3,
        candidates.y,
    )
    members = (*candidates.members[:2], inverse)
    found = stack_way(Library(candidates.aim, candidates.names, members))
    assert found.members == ("m0", "m1")
    [weights] = [values for name, values in found.parameters.items() if name != "intercepts"]
    assert len(weights) == 2 * TARGETS.get(kind, 1)
    raws = [member.raw for member in members[:2]]
    assert APPLY["stack"](raws, found.parameters).shape == candidates.y.shape


def test_the_quick_area_is_the_area() -> None:
    rng = np.random.default_rng(0)
    y, raw = rng.integers(0, 2, 200).astype(float), rng.random(200)
    aim = Aim("roc_auc", "binary", 2, 0)
    assert quick_auc(raw, y) == pytest.approx(aim.measure.value(y, raw), abs=1e-12)
