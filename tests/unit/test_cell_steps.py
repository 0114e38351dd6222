"""Sequences that stand in cells: told by what the sample asks for, read, withheld step by step."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions.modality_steps import LENGTH, SCORED, classes_in_cells, numbers_in_cells
from unit.test_sequences import measured, module, plan, steps_of

from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.layouts import find_layout
from iiml_codegen.worker.leak_folds import compare_folds
from iiml_codegen.worker.permutation import permuted_label_proof
from iiml_codegen.worker.shadows import shadows
from iiml_codegen.worker.step_cells import cell_with, is_list, items_of
from iiml_codegen.worker.task import task_from
from workspace_templates.recipes.cell_steps import (
    answered_letters,
    answered_numbers,
    asked_steps,
    rows_of_steps,
)

AT_RANDOM = {"strategy": "random", "folds": 3, "column": None, "seed": 5}


def found(folder: Path) -> TaskSummary:
    """What the task analyzer makes of a folder."""
    return ExpertTaskAnalyzer().analyse(
        msgspec.convert(inventory({"folder": str(folder)}), Inventory)
    )


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbers_in_cells(tmp_path_factory.mktemp("steps") / "numbers", 0).folder


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return classes_in_cells(tmp_path_factory.mktemp("steps") / "classes", 0).folder


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("[0.5, null, 2]", ["0.5", "", "2"]),
        ("(1;-2e3)", ["1", "-2e3"]),
        ("0.1 nan .5", ["0.1", "", ".5"]),
        ("[]", []),
        (None, []),
    ],
)
def test_lists_are_read_however_they_are_written(cell: str | None, items: list[str]) -> None:
    assert items_of(cell) == items
    assert is_list(cell) == bool(items)
    if cell and items:
        assert items_of(cell_with(cell, items, {0, 1, 2})) == items
        assert items_of(cell_with(cell, items, {0})) == [items[0], *[""] * (len(items) - 1)]


@pytest.mark.parametrize("cell", ["7", "a b", "1.2.3.4", "2020-01-02", "[a, 1]", ""])
def test_other_cells_are_no_lists_of_numbers(cell: str) -> None:
    assert not is_list(cell)


def test_a_text_says_nothing_where_it_is_blank() -> None:
    assert items_of("HE C", characters=True) == ["H", "E", "", "C"]
    assert cell_with("HEEC", list("HEEC"), {0, 3}, characters=True) == "H  C"


def test_steps_are_told_by_what_the_sample_asks_for(numbers: Path, classes: Path) -> None:
    task = found(numbers)
    steps = task.layout.steps
    assert steps is not None and task.layout.kind == "cell_steps"
    assert (steps.key, steps.joint, steps.first) == ("name", "_", 0)
    assert (steps.texts, steps.lists, steps.characters) == (("bases", "shape"), (), False)
    assert (task.kind, task.metric, task.targets) == (
        "multi_regression",
        "mean_column_rmse",
        ("decay", "heat"),
    )
    task = found(classes)
    steps = task.layout.steps
    assert steps is not None
    assert (steps.key, steps.joint, steps.first) == ("protein", "-", 1)
    assert (steps.texts, steps.lists, steps.characters) == (("residues",), ("charge",), True)
    assert (task.kind, task.classes) == ("multiclass", ("C", "E", "H"))


def test_lists_that_are_asked_for_as_a_whole_are_refused(numbers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    folder.mkdir()
    for file in ("train.json", "test.json"):
        (folder / file).write_bytes((numbers / file).read_bytes())
    names = [json.loads(line)["name"] for line in (folder / "test.json").read_text().splitlines()]
    pd.DataFrame({"name": names, "decay": "[0, 0]"}).to_csv(
        folder / "sample_submission.csv", index=False
    )
    with pytest.raises(UnsupportedTaskError, match="id and place"):
        found(folder)


def test_a_step_is_told_what_stands_around_it() -> None:
    table = pd.DataFrame(
        {"name": ["a", "b"], "text": ["ACGU", "GG"], "size": ["1", "2"], "v": ["[1, 2]", "[3]"]}
    )
    rows = rows_of_steps(table, answered_numbers(table, ["v"]), ["text"], [], near=1)
    assert rows["name"].tolist() == ["a", "a", "b"]
    assert rows["size"].tolist() == ["1", "1", "2"]
    assert rows["v"].tolist() == ["1", "2", "3"]
    assert rows["text"].tolist() == ["A", "C", "G"]
    assert rows["text 1 before"].tolist() == ["(end)", "A", "(end)"]
    assert rows["text 1 after"].tolist() == ["C", "G", "G"]
    assert rows["steps before"].tolist() == [0, 1, 0]
    assert rows["steps after"].tolist() == [3, 2, 1]
    sample = pd.DataFrame({"id": ["b-2", "a-4"], "v": [0, 0]})
    asked = asked_steps(sample, table, "id", "name", "-", first=1)
    rows = rows_of_steps(table.drop(columns="v"), asked, [], ["text"], near=0)
    assert rows["id"].tolist() == ["b-2", "a-4"]
    assert rows["steps before"].tolist() == [1, 3]
    folds = pd.DataFrame({"fold": ["H C", None]})
    assert answered_letters(folds, ["fold"])["step"].tolist() == [0, 2]


def test_sequences_are_withheld_whole_and_the_rest_stays_as_it_is_written(
    numbers: Path, tmp_path: Path
) -> None:
    task = to_plain(found(numbers))
    plan = {"strategy": "grouped", "folds": 3, "column": "name", "seed": 5}
    asked = {"folder": str(numbers), "task": task, "plan": plan, "out": str(tmp_path)}
    real = (numbers / "train.json").read_text("utf-8").splitlines()
    for fold in shadows(asked)["folds"]:
        data = Path(fold["data"])
        kept = (data / "train.json").read_text("utf-8").splitlines()
        assert set(kept) < set(real)
        test = [json.loads(line) for line in (data / "test.json").read_text("utf-8").splitlines()]
        gone = {json.loads(line)["name"] for line in set(real) - set(kept)}
        assert [one["name"] for one in test[: len(gone)]] == sorted(
            gone, key=[json.loads(line)["name"] for line in real].index
        )
        assert not any({"decay", "heat", "decay_error"} & set(one) for one in test)
        shadow = find_layout(data, task_from(task))
        assert shadow.train_rows == fold["train_rows"]
        assert shadow.train_rows + fold["n_fold"] == 60 * SCORED - 1


def test_places_beyond_those_with_answers_are_no_groups(numbers: Path, tmp_path: Path) -> None:
    task = to_plain(found(numbers))
    plan = {"strategy": "grouped", "folds": 3, "column": "name", "seed": 5}
    asked = {"folder": str(numbers), "task": task}
    built = shadows({**asked, "plan": plan, "out": str(tmp_path)})
    assert compare_folds({**asked, "folds": built["folds"]})["columns"] == []


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_single_steps_are_withheld_as_gaps(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder: Path = request.getfixturevalue(kind)
    task = to_plain(found(folder))
    assert isinstance(task, dict)
    assert permuted_label_proof(folder, task, AT_RANDOM, 1, tmp_path / "proof") == []
    real = find_layout(folder, task_from(task))
    request_ = {"folder": str(folder), "task": task, "plan": AT_RANDOM, "out": str(tmp_path)}
    built = shadows(request_)
    for fold in built["folds"]:
        shadow = find_layout(Path(fold["data"]), task_from(task))
        rows = np.load(fold["rows"])
        assert shadow.train_rows == fold["train_rows"]
        told = real.labels().iloc[rows[: shadow.train_rows]].reset_index(drop=True)
        pd.testing.assert_frame_equal(shadow.labels(), told)
        both = pd.concat([real.train(), real.test()], ignore_index=True)
        again = pd.concat([shadow.train(), shadow.test()], ignore_index=True)
        places = ["steps before", "steps after"]
        assert (again[places].to_numpy() == both[places].to_numpy()[rows]).all()
    view = find_layout(Path(built["view"]), task_from(task))
    assert view.train_rows == real.train_rows
    assert view.labels().nunique().max() == 1


def test_generated_code_reads_the_rows_that_the_worker_reads(numbers: Path, classes: Path) -> None:
    for folder in (numbers, classes):
        task, data = measured(folder)
        blueprint = plan(task, data)
        read = module(blueprint).read_rows(folder)
        layout = find_layout(folder, task_from(to_plain(task)))
        for rows, frame in zip(read, (layout.train(), layout.test()), strict=True):
            assert len(rows) == len(frame)
            for name in frame:
                if frame[name].dtype.kind == "O":
                    assert rows[name].tolist() == frame[name].tolist(), name
                else:
                    given = pd.to_numeric(rows[name]).to_numpy("float64")
                    assert given == pytest.approx(frame[name].to_numpy("float64")), name


def test_names_of_sequences_are_no_features_and_folds_keep_sequences_whole(numbers: Path) -> None:
    task, data = measured(numbers)
    blueprint = plan(task, data)
    assert blueprint.folds.strategy == "grouped"
    assert blueprint.folds.column in ("name", "index")
    for step in blueprint.part("prep"):
        named = {step.values.get("column"), *step.values.get("columns", ())}
        assert step.key == "target" or not named & {"name", "index"}, step.key
    assert data.sequences is not None and data.sequences.cut
    around = steps_of(blueprint)["categories"].values["columns"]
    assert {"bases", "bases 5 before", "shape 5 after"} <= set(around)
    assert len(around) == 22
    assert data.train_rows == 60 * SCORED - 1
    assert data.test_rows > 20 * LENGTH
