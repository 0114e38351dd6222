"""Points in several columns are found by name and range, put right, and measured between."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions.odd_road import Planned, walk

from iiml_codegen.planning import read_plan
from iiml_codegen.worker.columns import columns_of
from iiml_codegen.worker.places import axis_of, maps
from iiml_codegen.worker.roles import role_of
from workspace_templates.recipes.places import (
    mended_places,
    neighbours_first,
    turned_places,
    ways_on_earth,
    ways_on_plane,
)

RIDES = {"start": ["start_lat", "start_lng"], "end": ["end_lat", "end_lng"]}
HOUSE = {"house": ["lat", "lon"]}
BERLIN, PARIS = (52.52, 13.405), (48.8566, 2.3522)


def rides(*pairs: tuple[tuple[float, float], tuple[float, float]]) -> pd.DataFrame:
    """Rides from one place to another."""
    columns = [*RIDES["start"], *RIDES["end"]]
    return pd.DataFrame([(*start, *end) for start, end in pairs], columns=columns, dtype="float64")


def test_ways_on_earth_are_measured_along_great_circles() -> None:
    fiji, samoa = (-17.0, 179.0), (-17.0, -179.0)
    gap = (np.nan, 13.0)
    pairs = [(BERLIN, PARIS), ((0.0, 10.0), (1.0, 10.0)), (fiji, samoa), (PARIS, PARIS)]
    ways = ways_on_earth(rides(*pairs, (gap, PARIS)), RIDES)
    km, north, east, bearing = (ways[name].to_numpy() for name in ways)
    told = ("km", "km north", "km east", "bearing")
    assert list(ways) == [f"{what} from start to end" for what in told]
    assert km[:4] == pytest.approx([877.5, 111.19, 212.67, 0.0], abs=0.1)
    assert north[:4] == pytest.approx([-407.4, 111.19, 0.0, 0.0], abs=0.1)
    assert east[:4] == pytest.approx([-778.6, 0.0, 212.67, 0.0], abs=0.1)
    assert bearing[:4] == pytest.approx([-113.26, 0.0, 90.29, 0.0], abs=0.1)
    assert np.isnan([km[4], north[4], bearing[4]]).all()


def test_places_that_stand_wrong_are_put_right_and_the_usual_ones_are_remembered() -> None:
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame({"lat": rng.normal(40.7, 0.1, 200), "lon": rng.normal(-74, 0.1, 200)})
    numbers.loc[0] = (-74.0, 40.7)
    numbers.loc[1] = (0.0, 0.0)
    numbers.loc[2] = (400.0, -74.0)
    fitted: dict[str, Any] = {}
    mended = mended_places(numbers.assign(rooms=3.0), HOUSE, fitted)
    assert mended.to_numpy()[0].tolist() == [40.7, -74.0, 3.0]
    assert np.isnan(mended[["lat", "lon"]].to_numpy()[[1, 2]]).all()
    pd.testing.assert_frame_equal(mended.loc[3:, ["lat", "lon"]], numbers.loc[3:])
    alone = mended_places(numbers.iloc[:1], HOUSE, fitted)
    assert alone.to_numpy().tolist() == [[40.7, -74.0]]


def test_places_whose_ranges_meet_are_never_swapped() -> None:
    rng = np.random.default_rng(0)
    world = pd.DataFrame({"lat": rng.uniform(-50, 60, 300), "lon": rng.uniform(-120, 150, 300)})
    world.loc[0] = (69.0, 19.0)
    pd.testing.assert_frame_equal(mended_places(world, HOUSE, {}), world)


def test_ways_on_a_plane_are_straight_with_two_axes_or_three() -> None:
    numbers = pd.DataFrame({"x1": [0.0, 1], "y1": [0.0, 1], "x2": [3.0, 1], "y2": [4.0, -1]})
    ways = ways_on_plane(numbers, {"point_1": ["x1", "y1"], "point_2": ["x2", "y2"]})
    assert ways["distance from point_1 to point_2"].tolist() == [5.0, 2.0]
    assert ways["y from point_1 to point_2"].tolist() == [4.0, -2.0]
    assert ways["angle from point_1 to point_2"].round(1).tolist() == [53.1, -90.0]
    atoms = pd.DataFrame([[0.0, 0, 0, 2, 3, 6]], columns=["ax", "ay", "az", "bx", "by", "bz"])
    ways = ways_on_plane(atoms, {"a": ["ax", "ay", "az"], "b": ["bx", "by", "bz"]})
    assert ways["distance from a to b"].tolist() == [7.0] and "z from a to b" in ways


def test_of_many_points_those_next_to_each_other_are_paired_first() -> None:
    pairs = neighbours_first([f"p{n}" for n in range(8)])
    assert pairs[:2] == [("p0", "p1"), ("p1", "p2")] and pairs[7] == ("p0", "p2")
    assert len(pairs) == 15 and len(neighbours_first(["a", "b", "c"])) == 3


def test_a_turned_map_tells_how_far_a_place_lies_across_the_axes() -> None:
    numbers = pd.DataFrame({"lat": [-1.0, 0, 1, 1, 0], "lon": [-1.0, 0, 1, -1, 0]})
    fitted: dict[str, Any] = {}
    turned = turned_places(numbers, HOUSE, fitted)
    far = 111.19 * np.sqrt(2)
    northeast = pytest.approx([-far, 0, far, 0, 0], abs=0.1)
    northwest = pytest.approx([0, 0, 0, far, 0], abs=0.1)
    assert turned["house km to the northeast"].tolist() == northeast
    assert turned["house km to the northwest"].tolist() == northwest
    alone = turned_places(numbers.iloc[2:3], HOUSE, fitted)
    pd.testing.assert_frame_equal(alone, turned.iloc[2:3])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pickup_latitude", ("latitude", "pickup")),
        ("Start_Lng", ("longitude", "start")),
        ("longitudeDestination", ("longitude", "destination")),
        ("endlat", ("latitude", "end")),
        ("lat1", ("latitude", "point_1")),
        ("Long", ("longitude", "point")),
        ("X2", ("x", "point_2")),
        ("end_y", ("y", "end")),
        ("northing", ("y", "point")),
        ("lattice", ("", "")),
        ("exit", ("", "")),
    ],
)
def test_names_tell_axes_and_points(name: str, told: tuple[str, str]) -> None:
    assert axis_of(name) == told


def found(**columns: np.ndarray) -> list[tuple[bool, list[str]]]:
    """The maps that these columns are found to be, each as the names of its points."""
    frame = pd.DataFrame(columns)
    half = len(frame) // 2
    both = columns_of(frame.iloc[:half], frame.iloc[half:].reset_index(drop=True))
    return [
        (one["on_earth"], [point["name"] for point in one["points"]])
        for one in maps(
            [(one, role_of(one, None)) for one in both], np.arange(half, dtype=np.float64), False, 0
        )
    ]


def test_points_are_told_by_names_and_ranges() -> None:
    rng = np.random.default_rng(0)

    def around(middle: float, width: float = 1.0) -> np.ndarray:
        return rng.normal(middle, width, 400)

    bad = rng.random(400) < 0.3
    latitude, longitude = np.where(bad, 0.0, around(40)), np.where(bad, 0.0, around(-74))
    latitude[:5] = 4000.0
    ends = {"to_lat": around(40), "to_lon": around(-74)}
    assert found(lat=latitude, lon=longitude, **ends) == [(True, ["point", "to"])]
    assert found(lat=around(40), lon=around(900)) == []
    assert found(lat=around(40), length=around(1)) == []
    start = {"start_x": around(50, 20), "start_y": around(30, 9)}
    assert found(**start) == []
    end = {"end_x": around(55, 20), "end_y": around(30, 9)}
    assert found(**start, **end) == [(False, ["start", "end"])]
    assert found(**start, end_x=around(5000, 20), end_y=around(30, 9)) == []
    assert found(**start, end_x=around(50, 900), end_y=around(30, 9)) == []
    acc = {"acc_x": around(0), "acc_y": around(0)}
    assert found(**acc, gyro_x=around(0), gyro_y=around(0)) == []


def city(rows: int, seed: int, *, tells: bool = True) -> pd.DataFrame:
    """Rides over a city; the way and the start make them dear, unless no place tells anything."""
    rng = np.random.default_rng(seed)
    places = {
        "pickup_latitude": rng.normal(40.75, 0.04, rows).round(5),
        "pickup_longitude": rng.normal(-73.98, 0.04, rows).round(5),
        "dropoff_latitude": rng.normal(40.75, 0.04, rows).round(5),
        "dropoff_longitude": rng.normal(-73.98, 0.04, rows).round(5),
    }
    table = pd.DataFrame({"key": rng.permutation(rows) + seed * 10_000, **places})
    way = np.hypot(
        table["pickup_latitude"] - table["dropoff_latitude"],
        (table["pickup_longitude"] - table["dropoff_longitude"]) * 0.76,
    )
    told = 200 * way + 100 * (table["pickup_latitude"] - 40.75)
    return table.assign(fare=(3 + tells * told + rng.normal(0, 0.5, rows)).round(2))


def competition(
    folder: Path, left_out: tuple[str, ...] = (), *, tells: bool = True, asked: int = 100
) -> Path:
    """A folder of rides without some of their columns."""
    folder.mkdir()
    for name, table in (
        ("train", city(400, 0, tells=tells)),
        ("test", city(asked, 1, tells=tells)),
    ):
        table = table.drop(columns=[*left_out, *(["fare"] if name == "test" else [])])
        table.to_csv(folder / f"{name}.csv", index=False)
    sample = pd.read_csv(folder / "test.csv")[["key"]].assign(fare=10.0)
    sample.to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text("# Rides\n\nPredict the fare, scored by RMSE.\n")
    return folder


def features_of(plan: Planned, folder: Path, place: Path) -> dict[str, pd.DataFrame]:
    """What the generated prep gives for a folder."""
    place.write_text(plan.modules[0], "utf-8")
    spec = importlib.util.spec_from_file_location("prep_of_places", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given: dict[str, pd.DataFrame] = module.prepare(folder)
    return given


def test_all_models_get_the_way_between_two_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_plan, "MANY_CELLS", 100)
    folder = competition(tmp_path / "rides")
    plan = walk(folder, tmp_path / "work")
    assert isinstance(plan, Planned)
    [step] = [step for step in plan.blueprint.steps if step.key == "ways_on_earth"]
    assert step.title == "Measure the way from pickup to dropoff"
    assert "numbers as numbers" in plan.blueprint.steps[0].title
    given = features_of(plan, folder, tmp_path / "prep.py")
    for view in ("features", "design"):
        way = given[f"{view}_train"]["km from pickup to dropoff"]
        assert np.corrcoef(way, given["target"])[0, 1] > 0.7


def test_the_map_is_turned_only_where_one_place_tells_the_target(tmp_path: Path) -> None:
    one = ("dropoff_latitude", "dropoff_longitude")
    plan = walk(competition(tmp_path / "telling", one, asked=3000), tmp_path / "work")
    assert isinstance(plan, Planned)
    assert "turned_places" in [step.key for step in plan.blueprint.steps]
    given = features_of(plan, tmp_path / "telling", tmp_path / "prep.py")
    assert "pickup km to the northeast" in given["features_test"]
    silent = competition(tmp_path / "silent", one, tells=False, asked=3000)
    plan = walk(silent, tmp_path / "others")
    assert isinstance(plan, Planned)
    assert "turned_places" not in [step.key for step in plan.blueprint.steps]
