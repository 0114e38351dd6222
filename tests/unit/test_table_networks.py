"""Networks for tables: they learn, repeat bit for bit, and bear gaps, new levels and a clock."""

from __future__ import annotations

import importlib.util
import inspect
import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workspace_templates import models
from workspace_templates.recipes.categories import as_categories
from workspace_templates.recipes.design import design_view

torch = pytest.importorskip("torch")

from workspace_templates.networks.tables import TableEncoder  # noqa: E402

FOLDER = Path(models.__file__).parent
FAMILIES = ("mlp", "tabm")
N_TRAIN, N_VALID = 300, 80
SMALL = {"members": 2, "width": 32, "depth": 2, "dropout": 0.1}


def template(name: str, **constants: Any) -> ModuleType:
    """A fresh copy of a template with a small network and constants set, as a coder does."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for constant, value in {"EPOCHS": 24, "BATCH": 64, "PARAMS": SMALL, **constants}.items():
        assert hasattr(module, constant)
        setattr(module, constant, value)
    return module


def table(rows: int = N_TRAIN + N_VALID) -> pd.DataFrame:
    """Numbers with gaps and an empty column, a category of few levels and one of many."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc"))
    frame.loc[rng.random(rows) < 0.1, "c"] = np.nan
    frame["empty"] = np.nan
    frame["few"] = pd.Categorical(rng.choice(["u", "v", "w"], rows))
    many = rng.choice([f"m{n}" for n in range(20)], rows)
    frame["many"] = pd.Categorical(np.where(rng.random(rows) < 0.05, None, many))
    return frame


def signal() -> np.ndarray:
    """The numbers that targets are made of: two numbers, and a jump for one level."""
    rows = table()
    noise = 0.2 * np.random.default_rng(4).normal(size=len(rows))
    jump = np.where(rows["few"] == "u", 1.5, 0.0)
    return np.asarray(rows["a"] * 2 - rows["b"] + jump + noise)


def fitted(module: ModuleType, y: np.ndarray, **asked: Any) -> Any:
    """Fit on the first rows; the rest is watched unless rounds are given."""
    rows = table()
    if "rounds" not in asked:
        asked["valid"] = (rows.iloc[N_TRAIN:].reset_index(drop=True), y[N_TRAIN:])
    return module.fit(rows.iloc[:N_TRAIN], y[:N_TRAIN], **asked)


def held_out(module: ModuleType, model: Any) -> np.ndarray:
    """Predict the rows that were not fitted on."""
    return np.asarray(module.predict(model, table().iloc[N_TRAIN:]))


@pytest.mark.parametrize("family", FAMILIES)
def test_classes_are_told_apart_far_better_than_by_their_shares(family: str) -> None:
    module = template(f"{family}_classifier", CLASSES=3)
    y = np.digitize(signal(), [-1, 1.5]).astype("int64")
    raw = held_out(module, fitted(module, y))
    shares = np.bincount(y[:N_TRAIN]) / N_TRAIN
    losses = -np.log(raw[np.arange(N_VALID), y[N_TRAIN:]])
    assert raw.sum(axis=1) == pytest.approx(1)
    assert losses.mean() < 0.6 * -np.log(shares[y[N_TRAIN:]]).mean()


@pytest.mark.parametrize("family", FAMILIES)
def test_two_classes_give_one_probability_and_weights_lift_the_rare_one(family: str) -> None:
    y = (signal() > 2.5).astype("int64")
    plain, balanced = (
        held_out(module, fitted(module, y, rounds=12))
        for module in (template(f"{family}_classifier", BALANCED=b) for b in (False, True))
    )
    assert plain.shape == balanced.shape == (N_VALID,)
    assert balanced.mean() > plain.mean() + 0.02


@pytest.mark.parametrize("family", FAMILIES)
def test_several_numbers_are_learned_on_a_log_scale_within_their_limits(family: str) -> None:
    module = template(f"{family}_regressor", LOG_TARGET=True)
    y = np.column_stack([np.exp(signal()), np.exp(-signal())])
    model = fitted(module, y)
    raw = held_out(module, model)
    errors = np.log1p(raw) - np.log1p(y[N_TRAIN:])
    assert raw.shape == (N_VALID, 2)
    assert (np.mean(errors**2, axis=0) < 0.4 * np.log1p(y).var(axis=0)).all()
    strange = table().iloc[:1].assign(a=1e9, b=-np.inf)
    far = module.predict(model, strange)
    low, high = y[:N_TRAIN].min(axis=0), y[:N_TRAIN].max(axis=0)
    assert (far >= low - 1e-9).all() and (far <= high + 1e-9).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_expected_grades_follow_the_grades_and_labels_are_ranked(family: str) -> None:
    grades = np.digitize(signal(), [-2, 0, 2]).astype("int64")
    module = template(f"{family}_ordinal", CLASSES=4)
    raw = held_out(module, fitted(module, grades))
    assert raw.min() >= 0 and raw.max() <= 3
    assert np.corrcoef(raw, grades[N_TRAIN:])[0, 1] > 0.8
    labels = np.column_stack([signal() > 1, signal() < -1]).astype("float64")
    module = template(f"{family}_multilabel")
    raw = held_out(module, fitted(module, labels))
    for column in (0, 1):
        wanted = labels[N_TRAIN:, column] > 0
        assert np.median(raw[wanted, column]) > np.quantile(raw[~wanted, column], 0.9)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_top_grade_that_only_held_out_rows_have_is_watched(family: str) -> None:
    module, rows = template(f"{family}_ordinal", CLASSES=4), table()
    grades = np.digitize(signal(), [-2, 0, 2])
    taught = np.flatnonzero(grades[:N_TRAIN] < 3)
    valid = (rows.iloc[N_TRAIN:], grades[N_TRAIN:])
    raw = held_out(module, module.fit(rows.iloc[taught], grades[taught], valid=valid))
    assert 3 in valid[1] and raw.max() < 2.5
    assert np.corrcoef(raw, valid[1])[0, 1] > 0.7


def test_one_seed_gives_the_same_bytes_and_another_seed_other_ones() -> None:
    module = template("mlp_regressor")
    first, same, other = (
        held_out(module, fitted(module, signal(), rounds=5, seed=seed)) for seed in (1, 1, 2)
    )
    assert first.tobytes() == same.tobytes()
    assert (first != other).any()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pickled_model_answers_the_same_one_row_as_many(family: str) -> None:
    module = template(f"{family}_regressor")
    model = fitted(module, signal(), rounds=4)
    network = pickle.loads(pickle.dumps(model.network))
    whole = held_out(module, model)
    again = module.Model(model.encoder, network, model.scale, model.rounds)
    assert whole.tobytes() == held_out(module, again).tobytes()
    single = module.predict(model, table().iloc[N_TRAIN : N_TRAIN + 1])
    assert single == pytest.approx(whole[:1], rel=1e-4, abs=1e-5)


def test_given_epochs_are_kept_and_found_ones_lie_within() -> None:
    module = template("mlp_classifier")
    y = (signal() > 0).astype("int64")
    assert 0 < fitted(module, y).rounds <= module.EPOCHS
    assert fitted(module, y, rounds=3).rounds == 3
    assert fitted(module, y, rounds=1000).rounds == module.EPOCHS


def test_the_clock_ends_training_in_the_first_epoch() -> None:
    module = template("mlp_regressor", EPOCHS=10_000)
    model = fitted(module, signal(), time_limit=0.0)
    assert model.rounds == 1


def test_a_gap_in_a_category_is_a_level_of_its_own_for_networks_and_linear_models() -> None:
    pools = pd.Series(["Ex", None, "Gd", None] * 5 + [None], name="pool")
    streets = pd.Series([f"s{n}" for n in range(20)] + [None], name="street")
    features = as_categories(pd.concat([pools, streets], axis=1), ["pool", "street"], {})
    encoder = TableEncoder(features)
    _, flags, codes = encoder.tensors(features, torch.device("cpu"))
    assert encoder.flagged["pool"] == ["(missing)", "Ex", "Gd"]
    assert flags[:, 0].tolist() == pools.isna().astype("float").tolist()
    assert len(set(codes[:, 0].tolist())) == 21
    design = design_view(features.assign(size=np.arange(21.0)), {})
    assert design["pool=(missing)"].tolist() == pools.isna().astype("float").tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_levels_and_gaps_that_training_never_had_are_answered(family: str) -> None:
    module = template(f"{family}_classifier")
    model = fitted(module, (signal() > 0).astype("int64"), rounds=3)
    strange = table().iloc[:2].assign(a=np.nan, b=np.nan)
    strange["few"] = pd.Categorical(["new", None], categories=["new", "u"])
    strange["many"] = pd.Categorical(["newer", "m3"])
    raw = module.predict(model, strange)
    assert raw.shape == (2,) and np.isfinite(raw).all()


def test_tables_of_categories_alone_and_of_very_many_numbers_are_learned() -> None:
    module = template("mlp_classifier", EPOCHS=3)
    y = (signal() > 0).astype("int64")[:N_TRAIN]
    words = table()[["few", "many"]].iloc[:N_TRAIN]
    assert np.isfinite(module.predict(module.fit(words, y), words)).all()
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(N_TRAIN, 600)).astype("float32"))
    wide.columns = [f"n{place}" for place in wide.columns]
    model = module.fit(wide.assign(same=1.0), y)
    assert model.network.scale.shape[-1] == 600
    assert np.isfinite(module.predict(model, wide.assign(same=2.0))).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_templates_say_that_their_rounds_are_epochs(family: str) -> None:
    for path in FOLDER.glob(f"{family}_*.py"):
        module = template(path.stem)
        asked = set(inspect.signature(module.fit).parameters)
        assert {"valid", "rounds", "seed", "threads", "time_limit"} <= asked
        assert module.EPOCHS > 0
