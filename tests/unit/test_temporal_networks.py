"""Rows in time: windows without hindsight, and a network that reads what went before."""

from __future__ import annotations

import importlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import write_competition
from competitions.modality_series import panel
from competitions.networks import labels_that_leak, planned_networks, share_of_error

from workspace_templates.recipes.rows import row_keys
from workspace_templates.recipes.windows import WINDOW, past_windows

ROWS, TRAINED = 900, 700
SMALL = {"members": 2, "width": 48, "depth": 2, "dropout": 0.1, "reader": 24}


def hours(rows: int = ROWS) -> pd.Series:
    return pd.Series(pd.date_range("2021-01-01", periods=rows, freq="h"))


def weather(rows: int = ROWS) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(rows, 2)), columns=["rain", "wind"])


def flooded() -> np.ndarray:
    """A level that rain raises hours later, the more so if it had rained before, and wind now."""
    rain, wind = weather().to_numpy().T
    late = 3 * np.roll(rain, 3) * (np.roll(rain, 5) > 0) + 2 * np.roll(rain, 8)
    return 10 + late + wind + 0.3 * np.random.default_rng(1).normal(size=ROWS)


def windows(numbers: pd.DataFrame, moments: pd.Series, **asked: Any) -> pd.DataFrame:
    fitted = asked.pop("fitted", {})
    series = asked.pop("series", row_keys(numbers, []))
    return past_windows(numbers, series, moments, fitted, **asked)


def windows_of_weather() -> pd.DataFrame:
    return windows(weather(), hours())


def template(name: str) -> Any:
    """A fresh template with a small network."""
    module: Any = importlib.import_module(f"workspace_templates.models.{name}")
    module = importlib.reload(module)
    sizes = {size: SMALL[size] for size in module.PARAMS}
    module.PARAMS = sizes
    module.BATCH = 64
    return module


def test_a_window_ends_one_moment_before_its_row_whatever_the_order_of_rows() -> None:
    rows = weather(60)
    made = windows(rows, hours(60))
    assert made.shape == (60, 2 * WINDOW)
    assert list(made.columns[:2]) == [f"rain {WINDOW} before", f"wind {WINDOW} before"]
    np.testing.assert_allclose(made["rain 1 before"][1:], rows["rain"][:-1], rtol=1e-6)
    np.testing.assert_allclose(made["wind 20 before"][20:], rows["wind"][:-20], rtol=1e-6)
    assert made["rain 1 before"].isna()[0] and made.iloc[0].isna().all()
    order = np.random.default_rng(2).permutation(60)
    mixed = windows(rows.iloc[order], hours(60).iloc[order])
    pd.testing.assert_frame_equal(mixed.sort_index(), made)


def test_a_gap_in_time_is_a_gap_in_the_window_and_new_rows_find_their_past() -> None:
    rows, when, fitted = weather(80), hours(80), {}
    kept = np.r_[0:30, 40:80]
    made = windows(rows.iloc[kept], when.iloc[kept], fitted=fitted)
    last = made.loc[42, [f"rain {back} before" for back in (4, 3, 2, 1)]]
    assert last.isna().tolist() == [True, True, False, False]
    new = windows(rows.iloc[70:], when.iloc[70:], fitted=fitted)
    pd.testing.assert_frame_equal(new, made.loc[70:])


def test_no_window_holds_an_answer_nearer_than_the_horizon_nor_of_another_series() -> None:
    days = pd.Series(pd.date_range("2021-01-04", periods=60).repeat(2))
    shop = pd.Series(["a", "b"] * 60)
    target = np.random.default_rng(0).normal(size=100)
    asked: dict[str, Any] = {"series": shop, "horizon": 7.0}
    empty = pd.DataFrame(index=days.index)
    first = windows(empty, days, target=target, **asked)
    assert first.loc[100:, "answer 0 7 before"].tolist() == pytest.approx(
        [*target[86:100], *[np.nan] * 6], nan_ok=True
    )
    for place in (0, 37, 88):
        changed = target.copy()
        changed[place] += 1000
        again = windows(empty, days, target=changed, **asked)
        differs = ~np.isclose(first.fillna(0), again.fillna(0)).all(axis=1)
        assert (days[differs] >= days[place] + pd.Timedelta(days=7)).all()
        assert set(shop[differs]) == {shop[place]}


def test_what_went_before_is_learned_where_a_network_without_it_knows_nothing() -> None:
    rows, y, seen = weather(), flooded(), windows_of_weather()
    left = {}
    for kind, others in (("mlp", ()), ("temporal_network", (seen,))):
        module = template(f"{kind}_regressor")
        mine = [one.iloc[:TRAINED] for one in others]
        held = [one.iloc[TRAINED:] for one in others]
        valid = (rows.iloc[TRAINED:], y[TRAINED:], *held)
        model = module.fit(rows.iloc[:TRAINED], y[:TRAINED], *mine, valid=valid, seed=1)
        raw = module.predict(model, rows.iloc[TRAINED:], *held)
        left[kind] = float(np.mean((raw - y[TRAINED:]) ** 2) / y[TRAINED:].var())
    assert left["temporal_network"] < 0.5 < 0.8 < left["mlp"], left


def test_a_temporal_network_repeats_itself_and_bears_gaps_and_several_targets() -> None:
    module, rows, seen = template("temporal_network_regressor"), weather(), windows_of_weather()
    seen.iloc[5:9] = np.nan
    seen["rain 1 before"] = np.nan
    y = np.column_stack([flooded(), -flooded()])
    models = [
        module.fit(rows[:TRAINED], y[:TRAINED], seen[:TRAINED], rounds=3, seed=seed)
        for seed in (1, 1, 2)
    ]
    first, same, other = (module.predict(model, rows, seen) for model in models)
    assert first.shape == (ROWS, 2) and np.isfinite(first).all() and models[0].rounds == 3
    assert first.tobytes() == same.tobytes() and (first != other).any()
    kept = pickle.loads(pickle.dumps(models[0].network))
    again = module.Model(**{**vars(models[0]), "network": kept})
    assert module.predict(again, rows, seen).tobytes() == first.tobytes()
    alone = module.predict(models[0], rows[7:8], seen[7:8])
    np.testing.assert_allclose(alone, first[7:8], rtol=1e-4)


def test_classes_follow_what_went_before() -> None:
    module, rows, seen = template("temporal_network_classifier"), weather(), windows_of_weather()
    y = (flooded() > 10).astype("int64")
    valid = (rows[TRAINED:], y[TRAINED:], seen[TRAINED:])
    model = module.fit(rows[:TRAINED], y[:TRAINED], seen[:TRAINED], valid=valid, seed=1)
    raw = module.predict(model, rows[TRAINED:], seen[TRAINED:])
    assert raw.shape == (ROWS - TRAINED,) and ((raw > 0.5) == y[TRAINED:]).mean() > 0.75
    module.CLASSES = 3
    three = module.fit(rows, np.digitize(flooded(), [8, 12]), seen, rounds=2)
    assert module.predict(three, rows, seen).sum(axis=1) == pytest.approx(1)


def test_a_panel_is_read_proved_and_answered_better_than_by_a_constant(tmp_path: Path) -> None:
    made = panel(tmp_path / "made", 0)
    task, blueprint = planned_networks(made.folder, tmp_path / "cache")
    member = blueprint.member("temporal_network")
    assert member.views == ("features", "windows")
    step = next(step for step in blueprint.part("prep") if step.key == "past_windows")
    assert step.id in blueprint.transductive and step.values["horizon"] == 14.0
    assert labels_that_leak(made, task, blueprint, tmp_path / "proof") == []
    work = tmp_path / "run"
    assert share_of_error(made, task, blueprint, "temporal_network", work) < 0.5


def test_one_series_is_followed_by_its_numbers_alone_and_rows_without_time_by_nothing(
    tmp_path: Path,
) -> None:
    hourly = write_competition(tmp_path / "series", "series", rows=480).folder
    _, blueprint = planned_networks(hourly, tmp_path / "cache")
    step = next(step for step in blueprint.part("prep") if step.key == "past_windows")
    assert (step.values["date"], step.values["keys"]) == ("datetime", [])
    assert step.values["horizon"] == 0.0 and not step.values["answered"]
    assert "temp" in step.values["numbers"] and "count" not in step.values["numbers"]
    table = write_competition(tmp_path / "table", "regression", rows=240).folder
    _, blueprint = planned_networks(table, tmp_path / "other")
    assert "temporal_network" not in [member.name for member in blueprint.members]
