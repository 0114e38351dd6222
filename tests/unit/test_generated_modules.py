"""What the coders write for each kind of competition runs, and a saved memory serves new rows."""

from __future__ import annotations

import csv
import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import issparse

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.errors import CompetitionError
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.planning import read_plan
from iiml_codegen.planning.blueprint_page import blueprint_page
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.profile import profile
from tests.competitions import KINDS, write_competition

MOST_COLUMNS = 100


def planned(folder: Path) -> tuple[Blueprint, TaskSummary, str]:
    """The expert's plan for a folder, its task, and the page."""
    found = from_plain(inventory({"folder": str(folder)}), Inventory)
    task = ExpertTaskAnalyzer().analyse(found)
    measured = profile({"folder": str(folder), "task": to_plain(task), "seed": 0})
    data = from_plain(measured, DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, data)
    blueprint, contract = ExpertGuidelineAgent().plan(task, data, knowledge, SolveOptions())
    return blueprint, task, blueprint_page(blueprint, contract, task, data)


def loaded(text: str, place: Path) -> ModuleType:
    """A module's text as a module."""
    place.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(f"generated_{place.stem}", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where dataclasses look for the names of annotations
    spec.loader.exec_module(module)
    return module


def prepared(prep: ModuleType, folder: Path, fitted: dict[str, Any]) -> dict[str, Any]:
    """What prep gives for a folder."""
    if not hasattr(prep, "extract"):
        return dict(prep.prepare(folder, None, fitted))
    extracted = prep.extract(folder, folder, fitted)
    return dict(prep.prepare(folder, extracted, fitted))


def dense(view: Any) -> pd.DataFrame:
    """Any view as a table."""
    table = pd.DataFrame(view.toarray()) if issparse(view) else pd.DataFrame(view)
    return table.reset_index(drop=True)


def keep_header_only(folder: Path) -> None:
    """Take all training rows away, as `--load` does."""
    place = folder / "train.csv"
    with place.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(header)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_prep_gives_every_view_and_serves_new_rows_from_memory(tmp_path: Path, kind: str) -> None:
    folder = write_competition(tmp_path / "data", kind, rows=240).folder
    blueprint, _, _ = planned(folder)
    prep = loaded(ExpertPreprocessingCoder().write(blueprint), tmp_path / "prep.py")
    fitted: dict[str, Any] = {}
    first = prepared(prep, folder, fitted)
    train_rows = len(pd.read_csv(folder / "train.csv"))
    assert len(first["target"]) == train_rows and not pd.isna(first["target"]).any()
    for view in {member.view for member in blueprint.members}:
        assert first[f"{view}_train"].shape[0] == train_rows
        assert first[f"{view}_train"].shape[1:] == first[f"{view}_test"].shape[1:]
    keep_header_only(folder)
    again = prepared(prep, folder, fitted)
    assert set(again) == set(first) and len(again["target"]) == 0
    for view in {member.view for member in blueprint.members}:
        wanted, got = dense(first[f"{view}_test"]), dense(again[f"{view}_test"])
        assert again[f"{view}_train"].shape[0] == 0
        # Codes in reading order are as wide as the longest text that is there.
        both = [c for c in wanted.columns if c in got.columns]
        pd.testing.assert_frame_equal(got[both], wanted[both], check_exact=True)


@pytest.mark.parametrize("kind", ["binary", "multilabel", "ordinal", "regression", "series"])
def test_numbers_of_large_tables_that_are_read_as_such_give_the_same_views(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = write_competition(tmp_path / "data", kind, rows=240).folder
    text = ExpertPreprocessingCoder().write(planned(folder)[0])
    monkeypatch.setattr(read_plan, "MANY_CELLS", 1)
    large = ExpertPreprocessingCoder().write(planned(folder)[0])
    assert "test = read_large_table(data_dir / TEST_FILE, NUMBERS)" in large
    assert "read_large_table" not in text
    memories: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    modules = loaded(text, tmp_path / "prep.py"), loaded(large, tmp_path / "large.py")
    for empty in (False, True):
        if empty:
            keep_header_only(folder)
        pairs = zip(modules, memories, strict=True)
        wanted, got = (prepared(module, folder, memory) for module, memory in pairs)
        assert set(wanted) == set(got)
        for name in wanted:
            pd.testing.assert_frame_equal(dense(got[name]), dense(wanted[name]))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_modules_are_clean_for_each_kind(tmp_path: Path, kind: str) -> None:
    blueprint, _, _ = planned(write_competition(tmp_path / "data", kind, rows=120).folder)
    written = tmp_path / "written"
    written.mkdir()
    texts = {"prep.py": ExpertPreprocessingCoder().write(blueprint)}
    for member in blueprint.members:
        texts[f"{member.name}.py"] = ExpertModelingCoder().write(blueprint, member)
    for name, text in texts.items():
        (written / name).write_text(text, "utf-8")
        assert max(map(len, text.splitlines())) <= MOST_COLUMNS
    assert ruff(written) == ""


def ruff(folder: Path) -> str:
    """What ruff says of formatting, names and imports in a folder."""
    said = ""
    for command in (["format", "--diff"], ["check", "--select", "E,F,I"]):
        line = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100"]
        said += subprocess.run([*line, folder], capture_output=True, text=True).stdout
    return said.replace("All checks passed!\n", "")


def odd_table(rows: int) -> pd.DataFrame:
    """Columns that tables have and textbooks do not."""
    random = np.random.default_rng(0)
    size = random.normal(size=rows)
    return pd.DataFrame(
        {
            "Row No": np.arange(rows),
            "class": random.choice(["a b", "c, d", 'e "f"'], rows),
            "always": "x",
            "empty": np.nan,
            "smokes": random.choice(["True", "False"], rows),
            "train": pd.date_range("2020-01-31", periods=rows).strftime("%d/%m/%Y"),
            "größe": size,
            'net [€], "x<y": z': size.round(1),
            "a very long name of a column that nobody would want to type twice in a row (cm)": size,
            "will it rain?": np.where(size + random.normal(size=rows) > 0, "yes, sure", "not now"),
        }
    )


def write_odd(folder: Path, table: pd.DataFrame, train_rows: int, description: str = "") -> Path:
    """An odd competition: the last column is the target, its test rows hold a new category."""
    folder.mkdir()
    target = table.columns[-1]
    test = table.iloc[train_rows:].drop(columns=target)
    if "class" in test:
        test["class"] = test["class"].where(np.arange(len(test)) > 3, "never seen")
    table.iloc[:train_rows].to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    sample = test[[table.columns[0]]].assign(**{target: table[target].iloc[0]})
    sample.to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text(
        f'# Rain "today"?\n\nPredict {target}. {description}', "utf-8"
    )
    return folder


def test_an_odd_table_is_planned_and_prepared(tmp_path: Path) -> None:
    folder = write_odd(tmp_path / "data", odd_table(200), 150, "Scored by accuracy.")
    blueprint, task, page = planned(folder)
    assert task.kind == "binary" and task.classes == ("not now", "yes, sure")
    prep = loaded(ExpertPreprocessingCoder().write(blueprint), tmp_path / "prep.py")
    fitted: dict[str, Any] = {}
    outputs = prepared(prep, folder, fitted)
    used = " ".join(outputs["features_test"].columns)
    assert "always" not in used and "empty" not in used and "Row No" not in used
    assert set(outputs["target"].tolist()) == {0, 1}
    assert set(outputs["features_test"]["class"].head(4)) <= {"never seen", "(rare)"}
    assert page.startswith('# Rain "today"?\n')
    for member in (one for one in blueprint.members if one.track != "pretrained"):
        model = loaded(ExpertModelingCoder().write(blueprint, member), tmp_path / "model.py")
        few = {"rounds": 20} if "rounds" in inspect.signature(model.fit).parameters else {}
        train, test = ([outputs[f"{v}_{side}"] for v in member.views] for side in ("train", "test"))
        fitted_model = model.fit(train[0], outputs["target"], *train[1:], **few)
        raw = model.predict(fitted_model, *test)
        assert len(raw) == 50 and np.isfinite(raw).all()
    keep_header_only(folder)
    again = prepared(prep, folder, fitted)["features_test"]
    pd.testing.assert_frame_equal(again, outputs["features_test"])


def test_a_table_of_texts_alone_gets_a_number_predicted(tmp_path: Path) -> None:
    words = np.random.default_rng(0).choice(["rain", "sun", "wind", "snow", "fog"], (160, 14))
    said = [" ".join(row) + f" at mile {n}." for n, row in enumerate(words)]
    table = pd.DataFrame({"id": range(160), "said": said, "degrees": (words == "sun").sum(1) * 1.5})
    table["degrees"] += np.random.default_rng(1).normal(size=160).round(3)
    blueprint, task, _ = planned(write_odd(tmp_path / "data", table, 120, "Scored by RMSE."))
    traditional = [m.template for m in blueprint.members if m.track == "traditional"]
    assert task.kind == "regression" and traditional == ["text_ridge", "lightgbm_regressor"]
    prep = loaded(ExpertPreprocessingCoder().write(blueprint), tmp_path / "prep.py")
    assert prepared(prep, tmp_path / "data", {})["words_tfidf_train"].shape[0] == 120


def test_a_logarithmic_metric_has_its_members_learn_logarithms(tmp_path: Path) -> None:
    size = np.random.default_rng(0).gamma(2.0, 3.0, 300).round(3)
    price = (size**2 + np.random.default_rng(1).gamma(1.0, 1.0, 300)).round(2)
    table = pd.DataFrame({"id": range(300), "size": size, "price": price})
    description = "Scored by root mean squared logarithmic error (RMSLE)."
    blueprint, task, _ = planned(write_odd(tmp_path / "data", table, 220, description))
    assert task.metric == "rmsle"
    assert all(m.constants.get("LOG_TARGET") for m in blueprint.members)


def test_rows_that_a_relative_error_does_not_count_are_not_learned(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    size, closed = rng.gamma(4.0, 3.0, 300).round(3), rng.random(300) < 0.3
    sales = np.where(closed, 0.0, (40 + size**2).round(2))
    table = pd.DataFrame({"id": range(300), "size": size, "sales": sales})
    description = "Scored by root mean square percentage error (RMSPE)."
    blueprint, task, _ = planned(write_odd(tmp_path / "data", table, 240, description))
    assert task.metric == "rmspe"
    X, y = table[["size"]][:240], sales[:240]
    assert {"lightgbm", "linear"} <= {m.name for m in blueprint.members}
    for member in blueprint.members:
        if member.track == "traditional":
            text = ExpertModelingCoder().write(blueprint, member)
            model = loaded(text, tmp_path / f"{member.name}.py")
            all_rows = model.predict(model.fit(X, y), X)
            counted = model.predict(model.fit(X[y > 0], y[y > 0]), X)
            assert np.array_equal(all_rows, counted) and "SKIPS_ZEROS" not in text


def test_rows_without_an_answer_are_left_out_and_counted(tmp_path: Path) -> None:
    table = odd_table(100).assign(y=[None, *["yes", "no", "no"] * 33])
    folder = write_odd(tmp_path / "data", table, 80, "Scored by accuracy.")
    blueprint, task, _ = planned(folder)
    said = {guess.what: guess.value for guess in task.guesses}
    assert said["rows to learn from"] == "79 of 80"
    prep = loaded(ExpertPreprocessingCoder().write(blueprint), tmp_path / "prep.py")
    fitted: dict[str, Any] = {}
    first = prepared(prep, folder, fitted)
    views = {member.view for member in blueprint.members}
    assert {first[f"{view}_train"].shape[0] for view in views} == {len(first["target"])} == {79}
    keep_header_only(folder)
    assert len(prepared(prep, folder, fitted)["target"]) == 0


def test_a_table_that_tells_nothing_is_refused_by_name(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": range(80), "always": "x", "y": [0, 1] * 40})
    with pytest.raises(CompetitionError, match="can tell anything about"):
        planned(write_odd(tmp_path / "data", table, 60, "Scored by accuracy."))


def test_the_same_folder_gives_the_same_plan(tmp_path: Path) -> None:
    folder = write_competition(tmp_path / "data", "ordinal", rows=120).folder
    once, again = planned(folder), planned(folder)
    assert msgspec.json.encode(once[0]) == msgspec.json.encode(again[0]) and once[2] == again[2]
