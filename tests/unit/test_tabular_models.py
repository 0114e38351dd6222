"""The tabular model templates: better than a constant, repeatable, obedient about rounds."""

import importlib.util
import tracemalloc
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from workspace_templates import models
from workspace_templates.models import (
    decide_argmax,
    decide_clip,
    decide_grades,
    decide_labels,
    decide_threshold,
)

FOLDER = Path(models.__file__).parent
FAMILIES = ("lightgbm", "catboost", "xgboost", "extratrees", "linear")
BOOSTED = ("lightgbm", "catboost", "xgboost")
N_TRAIN, N_VALID = 400, 80


def template(name: str, **constants: Any) -> ModuleType:
    """Load a fresh copy of a template and set constants at its top, as a coder does."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for constant, value in constants.items():
        assert hasattr(module, constant)
        setattr(module, constant, value)
    return module


def table(family: str) -> pd.DataFrame:
    """Make the view that a family reads: mixed with gaps for boosted trees, else dense."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(N_TRAIN + N_VALID, 4)), columns=list("abcd"))
    if family not in BOOSTED:
        return frame.astype("float32")
    frame.loc[rng.random(len(frame)) < 0.1, "d"] = np.nan
    return frame.assign(k=pd.Categorical(rng.choice(["u", "v", "(rare)"], len(frame))))


def several(family: str) -> str:
    """Name the template for several numbers; forests and linear models have one for any."""
    return f"{family}_multi_regressor" if family in BOOSTED else f"{family}_regressor"


def signal(family: str) -> np.ndarray:
    """Give the numbers that targets are made of."""
    rows = table(family)
    noise = np.random.default_rng(4).normal(size=len(rows))
    return np.asarray(rows["a"] * 2 + rows["b"] + 0.3 * noise)


def fitted(module: ModuleType, family: str, y: np.ndarray, **asked: Any) -> Any:
    """Fit on the first rows; boosted families watch the rest unless rounds are given."""
    rows = table(family)
    if family in BOOSTED and "rounds" not in asked:
        asked["valid"] = (rows.iloc[N_TRAIN:].reset_index(drop=True), y[N_TRAIN:])
    return module.fit(rows.iloc[:N_TRAIN], y[:N_TRAIN], **asked)


def held_out(module: ModuleType, model: Any, family: str) -> np.ndarray:
    """Predict the rows that were not fitted on."""
    raw = module.predict(model, table(family).iloc[N_TRAIN:])
    assert np.isfinite(raw).all()
    return np.asarray(raw)


@pytest.mark.parametrize("family", [*FAMILIES, "kernel", "discriminant"])
def test_classifiers_beat_the_class_shares_on_two_classes(family: str) -> None:
    module = template(f"{family}_classifier")
    y = (signal(family) > 0).astype("int64")
    raw = held_out(module, fitted(module, family, y), family)
    assert raw.shape == (N_VALID,)
    assert log_loss(y[N_TRAIN:], raw) < 0.5


@pytest.mark.parametrize("family", [*FAMILIES, "kernel", "discriminant"])
def test_classifiers_give_one_probability_per_class(family: str) -> None:
    module = template(f"{family}_classifier", CLASSES=3)
    y = np.digitize(signal(family), [-1, 1]).astype("int64")
    raw = held_out(module, fitted(module, family, y), family)
    assert raw.sum(axis=1) == pytest.approx(1)
    assert log_loss(y[N_TRAIN:], raw) < 0.8


@pytest.mark.parametrize("family", [*FAMILIES, "kernel", "discriminant"])
def test_a_class_without_training_rows_gets_no_chance(family: str) -> None:
    module = template(f"{family}_classifier", CLASSES=4)
    X, y = table(family)[:N_TRAIN], np.digitize(signal(family), [-1, 0, 1])
    taught = y[:N_TRAIN] != 1
    raw = held_out(module, module.fit(X[taught], y[:N_TRAIN][taught]), family)
    assert raw.shape == (N_VALID, 4) and raw[:, 1].max() == 0
    rest = y[N_TRAIN:] != 1
    assert log_loss(y[N_TRAIN:][rest], raw[rest], labels=range(4)) < 0.7


@pytest.mark.parametrize("name", [*map("{}_classifier".format, BOOSTED), "lightgbm_ordinal"])
def test_boosting_stops_by_the_held_out_rows_whose_classes_it_knows(name: str) -> None:
    module, rows = template(name), table("lightgbm")
    if name != "lightgbm_ordinal":
        module.CLASSES = 4
    y = np.digitize(signal("lightgbm"), [-1, 0, 1])
    known, without_gap = y != 1, np.searchsorted([0, 2, 3], y)
    train, valid = np.arange(len(y)) < N_TRAIN, np.arange(len(y)) >= N_TRAIN
    found = module.fit(rows[train & known], y[train & known], valid=(rows[valid], y[valid]))
    watched = (rows[valid & known], without_gap[valid & known])
    same = module.fit(rows[train & known], without_gap[train & known], valid=watched)
    assert found.rounds == same.rounds > 20


@pytest.mark.parametrize("family", FAMILIES)
def test_regressors_beat_the_mean(family: str) -> None:
    module = template(f"{family}_regressor")
    y = signal(family)
    raw = held_out(module, fitted(module, family, y), family)
    assert np.mean((raw - y[N_TRAIN:]) ** 2) < 0.3 * y.var()


@pytest.mark.parametrize("family", FAMILIES)
def test_regressors_learn_a_number_on_a_log_scale(family: str) -> None:
    module = template(f"{family}_regressor", LOG_TARGET=True)
    y = np.exp(signal(family))
    raw = held_out(module, fitted(module, family, y), family)
    assert raw.shape == (N_VALID,) and (raw > -1).all()
    assert np.mean((np.log1p(raw) - np.log1p(y[N_TRAIN:])) ** 2) < 0.3 * np.log1p(y).var()


@pytest.mark.parametrize("family", FAMILIES)
def test_regressors_learn_several_targets_on_a_log_scale(family: str) -> None:
    module = template(several(family), LOG_TARGET=True)
    y = np.column_stack([np.exp(signal(family)), np.exp(-signal(family))])
    raw = held_out(module, fitted(module, family, y), family)
    errors = np.log1p(raw.clip(0)) - np.log1p(y[N_TRAIN:])
    assert raw.shape == (N_VALID, 2)
    assert (np.mean(errors**2, axis=0) < 0.4 * np.log1p(y).var(axis=0)).all()


@pytest.mark.parametrize("family", [*FAMILIES, "labels"])
def test_multilabel_models_rank_every_label(family: str) -> None:
    module = template("lightgbm_labels" if family == "labels" else f"{family}_multilabel")
    family = "lightgbm" if family == "labels" else family
    s = signal(family)
    y = np.column_stack([s > 1, s < -1]).astype("float64")
    y[:2] = 1
    raw = held_out(module, fitted(module, family, y), family)
    assert ((raw >= -1e-9) & (raw <= 1 + 1e-9)).all()
    assert roc_auc_score(y[N_TRAIN:], raw) > 0.85


@pytest.mark.parametrize("family", [*FAMILIES, "labels"])
def test_labels_that_never_vary_keep_their_share(family: str) -> None:
    module = template("lightgbm_labels" if family == "labels" else f"{family}_multilabel")
    family = "lightgbm" if family == "labels" else family
    s = signal(family)
    y = np.column_stack([np.ones(len(s)), s > 0, np.zeros(len(s))]).astype("float64")
    y[N_TRAIN:, [0, 2]] = 1 - y[N_TRAIN:, [0, 2]]
    raw = held_out(module, fitted(module, family, y), family)
    assert raw.shape == (N_VALID, 3)
    assert raw[:, 0].min() > 0.999 and raw[:, 2].max() < 0.001
    assert roc_auc_score(y[N_TRAIN:, 1], raw[:, 1]) > 0.85


@pytest.mark.parametrize("family", BOOSTED)
def test_the_nearest_of_many_patterns_is_found_in_little_memory(family: str) -> None:
    module, rng = template(f"{family}_multilabel"), np.random.default_rng(0)
    y = (rng.random((4000, 20)) < 0.2).astype("float64")
    patterns = np.unique(y[:200], axis=0)
    tracemalloc.start()
    nearest = module.nearest_pattern(y, patterns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(y) * len(patterns) * y.itemsize
    apart = [int(np.abs(row - patterns).sum(axis=1).argmin()) for row in y]
    assert nearest.tolist() == apart


def test_expected_grades_lie_between_the_grades_and_follow_them() -> None:
    module = template("lightgbm_ordinal")
    y = np.digitize(signal("lightgbm"), [-2, 0, 2]).astype("int64")
    raw = held_out(module, fitted(module, "lightgbm", y), "lightgbm")
    assert raw.min() >= 0
    assert raw.max() <= 3
    assert np.corrcoef(raw, y[N_TRAIN:])[0, 1] > 0.8


@pytest.mark.parametrize("family", BOOSTED)
def test_given_rounds_are_kept_and_found_rounds_are_told(family: str) -> None:
    module = template(f"{family}_classifier")
    y = (signal(family) > 0).astype("int64")
    assert fitted(module, family, y, rounds=7).rounds == 7
    assert 0 < fitted(module, family, y).rounds < module.MOST_ROUNDS


@pytest.mark.parametrize("family", BOOSTED)
def test_regressors_keep_one_number_of_rounds_per_target(family: str) -> None:
    module = template(several(family))
    y = np.column_stack([signal(family), -signal(family)])
    assert fitted(module, family, y, rounds=[3, 5]).rounds == [3, 5]


@pytest.mark.parametrize("family", BOOSTED)
def test_the_rounds_that_were_found_make_the_same_model_again(family: str) -> None:
    module = template(f"{family}_regressor")
    y = signal(family)
    found = fitted(module, family, y)
    again = fitted(module, family, y, rounds=found.rounds)
    assert held_out(module, again, family) == pytest.approx(held_out(module, found, family))


@pytest.mark.parametrize("family", ["lightgbm", "catboost", "xgboost", "extratrees"])
def test_one_seed_gives_one_model_and_another_seed_another(family: str) -> None:
    module = template(f"{family}_classifier")
    y = (signal(family) > 0).astype("int64")
    first, same, other = (
        held_out(module, fitted(module, family, y, seed=seed), family) for seed in (1, 1, 2)
    )
    assert (first == same).all()
    assert (first != other).any()


@pytest.mark.parametrize("family", BOOSTED)
def test_a_level_without_training_rows_is_predicted(family: str) -> None:
    module = template(f"{family}_regressor")
    rows = table(family)
    levels = ["u", "v", "(rare)", "(new)"]
    rows["k"] = pd.Categorical(rows["k"].astype(str), categories=levels)
    model = module.fit(rows.iloc[:N_TRAIN], signal(family)[:N_TRAIN], rounds=20)
    new = rows.iloc[:3].assign(k=pd.Categorical(["(new)"] * 3, categories=levels))
    assert np.isfinite(module.predict(model, new)).all()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*_*.py")), ids=lambda path: path.stem)
def test_templates_name_their_view_and_mark_their_steps(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.stem.startswith("decide_"):
        assert "def decide(" in text
    else:
        assert "\nView: " in text
        assert "# [M:" in text
        assert "# [T:" in text


def test_decisions_turn_raw_predictions_into_answers() -> None:
    raw = np.array([0.2, 0.5, 2.7])
    assert decide_threshold.decide(raw, threshold=0.5).tolist() == [0, 1, 1]
    assert decide_grades.decide(raw, thresholds=[2.5, 0.4]).tolist() == [0, 1, 2]
    assert decide_clip.decide(raw, low=0.5, whole=True).tolist() == [0, 0, 3]
    two = np.array([[0.6, 0.4], [0.1, 0.9]])
    assert decide_argmax.decide(two).tolist() == [0, 1]
    assert decide_argmax.decide(two, weights=[1, 2]).tolist() == [1, 1]
    assert decide_labels.decide(two, thresholds=[0.5, 0.5]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("family", ["lightgbm", "catboost", "xgboost"])
def test_a_label_that_no_frequent_pattern_holds_has_its_share(family: str) -> None:
    module, rng = template(f"{family}_multilabel"), np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=400)})
    y = np.column_stack([X["x"] > 0, np.arange(400) < 8]).astype(float)
    model = module.fit(X, y, rounds=5)
    found = module.predict(model, X)
    assert found[:, 1] == pytest.approx(8 / 400)
    assert found[X["x"] > 0, 0].mean() > found[X["x"] < 0, 0].mean()


def test_a_linear_model_of_several_labels_gives_a_row_the_same_wherever_it_stands() -> None:
    rng = np.random.default_rng(0)
    design = pd.DataFrame(rng.normal(0, 1, (195, 776)).astype("float32"))
    design.columns = design.columns.astype(str)
    labels = (design.iloc[:, :3].to_numpy() > 0).astype(np.float64)
    linear_multilabel = template("linear_multilabel")
    model = linear_multilabel.fit(design, labels)
    order = rng.permutation(len(design))
    given = linear_multilabel.predict(model, design)[order]
    again = linear_multilabel.predict(model, design.iloc[order])
    assert np.abs(given - again).max() < 1e-12
