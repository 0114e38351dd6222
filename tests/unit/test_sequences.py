"""Rows that are steps of sequences: how they are told, planned, followed and sampled."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import lightgbm as lgb
import msgspec
import numpy as np
import pandas as pd
import pytest

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile, Relation, Sequences
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.planning import read_plan
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.shadows import shadows
from workspace_templates.recipes.sequences import along_sequences

TRAINED, ASKED, STEPS = 60, 20, 30


def pumped(seed: int = 0, sequences: int = TRAINED + ASKED, steps: int = STEPS) -> pd.DataFrame:
    """Tanks that are filled by an uneven stream: what each holds is what has flowed in so far."""
    rng = np.random.default_rng(seed)
    parts = []
    for number, name in enumerate(rng.permutation(10 * sequences)[:sequences]):
        time = np.cumsum(rng.uniform(0.5, 1.5, steps)).round(4)
        flow = rng.uniform(0, 10, steps).round(3)
        wide = float(rng.integers(1, 4))
        level = np.cumsum(flow * np.diff(time, prepend=time[0])) / wide
        parts.append(
            pd.DataFrame(
                {
                    "tank_id": name,
                    "wide": wide,
                    "time": time,
                    "flow": flow,
                    "open": (flow > 5).astype(int),
                    "level": (level + rng.normal(0, 0.1, steps)).round(4),
                    "asked": number >= TRAINED,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def write(folder: Path, rows: pd.DataFrame) -> Path:
    """A competition of these rows."""
    folder.mkdir(parents=True)
    sides = [rows[rows["asked"] == asked].drop(columns="asked") for asked in (False, True)]
    for side in sides:
        side.insert(0, "id", np.arange(len(side)))
    sides[0].to_csv(folder / "train.csv", index=False)
    sides[1].drop(columns="level").to_csv(folder / "test.csv", index=False)
    sides[1][["id"]].assign(level=0).to_csv(folder / "sample_submission.csv", index=False)
    text = "# Tanks\n\nPredict `level`.\n\n## Metric\n\nMean absolute error.\n"
    (folder / "description.md").write_text(text, "utf-8")
    return folder


def measured(folder: Path) -> tuple[TaskSummary, DataProfile]:
    """The task of a folder, and what was measured."""
    found = from_plain(inventory({"folder": str(folder)}), Inventory)
    task = ExpertTaskAnalyzer().analyse(found)
    asked = {"folder": str(folder), "task": to_plain(task), "seed": 0}
    return task, msgspec.convert(profile(asked), DataProfile)


def plan(task: TaskSummary, data: DataProfile) -> Blueprint:
    """The expert's plan."""
    knowledge = ExpertKnowledgeRetriever(learned=False).retrieve(task, data)
    options = SolveOptions(tracks=("traditional",))
    return ExpertGuidelineAgent().plan(task, data, knowledge, options)[0]


def steps_of(blueprint: Blueprint) -> dict[str, Step]:
    """The prep steps by their keys."""
    return {step.key: step for step in blueprint.part("prep")}


def module(blueprint: Blueprint) -> ModuleType:
    """The generated prep."""
    made = ModuleType("prep")
    exec(compile(ExpertPreprocessingCoder().write(blueprint), "prep.py", "exec"), made.__dict__)
    return made


def found_in(tmp_path: Path, rows: pd.DataFrame) -> Sequences | None:
    """What is told of these rows."""
    return measured(write(tmp_path / f"made{len(list(tmp_path.iterdir()))}", rows))[1].sequences


@pytest.fixture(scope="module")
def tanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("tanks") / "real", pumped())


NUMBERS = pd.DataFrame({"u": [1.0, 2.0, 4.0, 10.0, 20.0, np.nan]})
NAMES = pd.Series(list("aaabbb"), name="name")
TIMES = pd.Series([0.0, 0.5, 2.0, 0.0, 1.0, 3.0], name="time")


def test_each_step_is_told_its_neighbours_and_what_has_added_up() -> None:
    told = along_sequences(NUMBERS, NAMES, TIMES, timed=True, whole=True)
    gap = pytest.approx(np.nan, nan_ok=True)
    wanted = {
        "u 1 before": [gap, 1, 2, gap, 10, 20],
        "u 3 before": [gap] * 6,
        "u 2 after": [4, gap, gap, gap, gap, gap],
        "u change": [gap, 1, 2, gap, 10, gap],
        "u sum so far": [1, 3, 7, 10, 30, gap],
        "u mean so far": [1, 1.5, 7 / 3, 10, 15, gap],
        "u most so far": [1, 2, 4, 10, 20, gap],
        "u area so far": [0, 1, 7, 0, 20, gap],
        "time change": [gap, 0.5, 1.5, gap, 1, 2],
        "u mean of 5": [7 / 3] * 3 + [15] * 3,
        "steps before": [0, 1, 2, 0, 1, 2],
        "steps after": [2, 1, 0, 2, 1, 0],
        "u first": [1] * 3 + [10] * 3,
        "u last": [4] * 3 + [20] * 3,
        "u min": [1] * 3 + [10] * 3,
        "u max": [4] * 3 + [20] * 3,
        "u mean": [7 / 3] * 3 + [15] * 3,
    }
    for name, values in wanted.items():
        assert told[name].tolist() == [pytest.approx(v, nan_ok=True) for v in values], name


def test_only_steps_before_count_where_sequences_are_cut() -> None:
    told = along_sequences(NUMBERS, NAMES, TIMES, ahead=False)
    first = along_sequences(NUMBERS.iloc[:1], NAMES.iloc[:1], TIMES.iloc[:1], ahead=False)
    assert not [name for name in told if "after" in name or name.endswith("of 5")]
    pd.testing.assert_frame_equal(told.iloc[:1], first)


def test_neither_the_order_of_rows_nor_repeated_ones_change_what_a_step_is_told() -> None:
    tell = partial(along_sequences, timed=True, whole=True)
    told = tell(NUMBERS, NAMES, TIMES)
    order = [3, 1, 5, 0, 4, 2]
    mixed = tell(NUMBERS.iloc[order], NAMES.iloc[order], TIMES.iloc[order])
    pd.testing.assert_frame_equal(mixed.sort_index(), told)
    twice = [0, 1, 2, 3, 4, 5, 1, 4]
    again = [frame.iloc[twice].reset_index(drop=True) for frame in (NUMBERS, NAMES, TIMES)]
    pd.testing.assert_frame_equal(tell(*again).iloc[:6], told)


def test_steps_may_be_dates_and_a_row_without_a_place_has_gaps() -> None:
    days = ["2020-01-01", "2020-01-02", "2020-01-05", "2020-01-01", None, "2020-01-03"]
    told = along_sequences(NUMBERS, NAMES, pd.to_datetime(pd.Series(days, name="day")), timed=True)
    assert told["day change"].iloc[2] == 3 * 86_400
    assert told.iloc[4].isna().all() and told["u 1 before"].iloc[5] == 10


def test_steps_are_told_by_a_column_that_rises_in_every_group(tanks: Path) -> None:
    found = measured(tanks)[1].sequences
    assert found == Sequences(
        column="tank_id",
        order="time",
        distinct=TRAINED,
        shortest=STEPS,
        longest=STEPS,
        uneven=True,
        cut=False,
        numbers=("flow", "open"),
    )


def test_rows_in_any_order_are_steps_where_a_time_or_a_count_of_rows_is_told(
    tmp_path: Path,
) -> None:
    rows = pumped().sample(frac=1, random_state=0)
    timed = found_in(tmp_path, rows)
    assert timed is not None and (timed.order, timed.numbers) == ("time", ("flow", "open"))
    place = rows.groupby("tank_id")["time"].rank().astype(int) + 4
    counted = found_in(tmp_path, rows.assign(time=place).rename(columns={"time": "reading"}))
    assert counted is not None and counted.order == "reading" and not counted.uneven
    assert found_in(tmp_path, rows.rename(columns={"time": "weight"})) is None


def test_rows_are_no_steps_where_sequences_are_shared_or_short(tmp_path: Path) -> None:
    rows = pumped()
    halves = rows.groupby("tank_id").cumcount() >= STEPS // 2
    assert found_in(tmp_path, rows.assign(asked=halves)) is None
    assert found_in(tmp_path, rows[rows.groupby("tank_id").cumcount() < 4]) is None


def test_a_number_may_name_sequences_and_then_folds_keep_them_whole(tmp_path: Path) -> None:
    rows = pumped().rename(columns={"tank_id": "tank"})
    task, data = measured(write(tmp_path / "made", rows))
    assert data.column("tank").role == "number"
    [named] = [one for one in data.relations if one.column == "tank"]
    assert (named.test_is, named.distinct, named.even) == ("new_groups", TRAINED, True)
    blueprint = plan(task, data)
    assert (blueprint.folds.strategy, blueprint.folds.column) == ("grouped", "tank")
    found = steps_of(blueprint)
    assert "tank" not in found["numbers"].values["columns"]
    assert found["along_sequences"].values["column"] == "tank"


def test_sequences_lie_whole_in_larger_groups(tmp_path: Path) -> None:
    rows = pumped()
    farm = "farm " + (rows["tank_id"].rank(method="dense") // 4).astype(int).astype(str)
    farm += rows["asked"].map({True: " south", False: " north"})
    task, data = measured(write(tmp_path / "made", rows.assign(farm_id=farm)))
    assert data.sequences is not None
    assert (data.sequences.column, data.sequences.within) == ("tank_id", ("farm_id",))
    larger = [one for one in data.relations if one.column == "farm_id"]
    blueprint = plan(task, msgspec.structs.replace(data, relations=tuple(larger)))
    assert blueprint.folds.column == "farm_id" and "along_sequences" in steps_of(blueprint)


def test_the_plan_follows_what_varies_and_keeps_no_name_of_a_sequence(tanks: Path) -> None:
    task, data = measured(tanks)
    blueprint = plan(task, data)
    found = steps_of(blueprint)
    step = found["along_sequences"]
    assert sorted(step.values["numbers"]) == ["flow", "open"]
    assert step.values["timed"] and step.values["ahead"] and not step.values["whole"]
    assert "a tank_id is 30 rows in the order of time" in step.why
    assert not {"categories", "counts"} & set(found), "names of new groups tell nothing"
    assert step.id in blueprint.transductive


def test_groups_of_several_sizes_are_counted_unless_those_of_the_test_are_cut(
    tmp_path: Path,
) -> None:
    rows = pumped()
    place, length = rows.groupby("tank_id").cumcount(), rows["tank_id"] % 9 + STEPS - 9
    task, data = measured(write(tmp_path / "uneven", rows[place < length]))
    assert data.sequences is not None and not data.sequences.cut
    assert steps_of(plan(task, data))["counts"].values["columns"] == ["tank_id"]
    short = rows[(place < length) & ~(rows["asked"] & (place > STEPS // 2))]
    task, data = measured(write(tmp_path / "cut", short))
    assert data.sequences is not None and data.sequences.cut
    found = steps_of(plan(task, data))
    assert not found["along_sequences"].values["ahead"] and "counts" not in found
    assert "only steps before count" in found["along_sequences"].why


def test_sequences_that_folds_part_or_that_lie_in_time_are_not_followed(tanks: Path) -> None:
    task, data = measured(tanks)
    loose = msgspec.structs.replace(data, relations=())
    assert "along_sequences" not in steps_of(plan(task, loose))
    later = Relation(column="time", kind="time", test_is="after", evidence="later")
    forward = msgspec.structs.replace(data, relations=(*data.relations, later))
    assert "along_sequences" not in steps_of(plan(task, forward))


def test_numbers_of_large_tables_are_still_read_as_numbers(
    tanks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_plan, "MANY_CELLS", 1)
    found = steps_of(plan(*measured(tanks)))
    assert "flow" in found["read_tables"].values["numbers"]


def tank_error(blueprint: Blueprint, folder: Path) -> float:
    """The mean absolute error of trees on the test rows."""
    outputs = module(blueprint).prepare(folder, None, {})
    trees = lgb.LGBMRegressor(n_estimators=120, random_state=0, n_jobs=1, verbose=-1)
    trees.fit(outputs["features_train"], outputs["target"])
    rows = pumped()
    answers = rows.loc[rows["asked"], "level"].to_numpy()
    return float(np.abs(trees.predict(outputs["features_test"]) - answers).mean())


def test_what_has_flowed_in_tells_the_level_of_new_tanks(tanks: Path) -> None:
    blueprint = plan(*measured(tanks))
    steps = tuple(step for step in blueprint.steps if step.key != "along_sequences")
    alone = msgspec.structs.replace(blueprint, steps=steps)
    assert tank_error(blueprint, tanks) < 0.7 * tank_error(alone, tanks)


def test_a_generated_prep_tells_new_rows_the_same_without_the_training_rows(
    tanks: Path, tmp_path: Path
) -> None:
    prep = module(plan(*measured(tanks)))
    fitted: dict[str, Any] = {}
    told = prep.prepare(tanks, None, fitted)["features_test"].reset_index(drop=True)
    later = tmp_path / "later"
    later.mkdir()
    pd.read_csv(tanks / "train.csv", nrows=0).to_csv(later / "train.csv", index=False)
    test = pd.read_csv(tanks / "test.csv", dtype=str)
    order = np.random.default_rng(0).permutation(len(test))
    test.iloc[order].to_csv(later / "test.csv", index=False)
    again = prep.prepare(later, None, fitted)["features_test"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, told.iloc[order].reset_index(drop=True))


def test_a_sample_keeps_small_groups_whole_on_both_sides(tanks: Path, tmp_path: Path) -> None:
    task, data = measured(tanks)
    folds = to_plain(plan(task, data).folds)
    request = {"folder": str(tanks), "task": to_plain(task), "plan": folds}
    made = shadows({**request, "out": str(tmp_path), "max_rows": 400})
    for fold in made["folds"]:
        for file in ("train.csv", "test.csv"):
            rows = pd.read_csv(Path(fold["data"]) / file)
            assert set(rows["tank_id"].value_counts()) == {STEPS}
    assert 400 <= made["folds"][0]["train_rows"] + made["folds"][0]["n_fold"] < 500
    assert 400 <= made["test_rows"] < 500
    random = shadows({**request, "out": str(tmp_path), "max_rows": 200})
    rows = pd.read_csv(Path(random["folds"][0]["data"]) / "train.csv")
    assert rows["tank_id"].value_counts().max() < STEPS, "groups are large beside 200 rows"
