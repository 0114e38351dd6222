"""Generated code reads each layout, agrees with its shadows row by row, and serves new rows."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import LAYOUTS, Competition, write_layout
from competitions.answering import answered, wrong
from competitions.odd_road import Planned, walk
from sklearn.ensemble import ExtraTreesRegressor

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.layout import FILE_COLUMN
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.pipeline_plan import HarnessPlan
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.worker.__main__ import plain
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.shadows import shadows

CHEAP = ("linear", "text_logistic", "text_ridge", "extratrees")
NAMES = {"id", FILE_COLUMN, "picture", "tone", "clip", "letter", "customer"}


def planned(made: Competition) -> tuple[Blueprint, TaskSummary]:
    """The expert's plan for a competition whose task is known."""
    task = from_plain(made.task, TaskSummary)
    measured = profile({"folder": str(made.folder), "task": made.task, "seed": 0})
    data = from_plain(plain(measured), DataProfile)
    knowledge = ExpertKnowledgeRetriever().retrieve(task, data)
    return ExpertGuidelineAgent().plan(task, data, knowledge, SolveOptions())[0], task


def built(made: Competition, blueprint: Blueprint, cache: Path) -> dict[str, Any]:
    plan = to_plain(blueprint.folds)
    request = {"folder": str(made.folder), "task": made.task, "plan": plan, "out": str(cache)}
    return shadows(request)


def module(text: str) -> ModuleType:
    made = ModuleType("prep")
    exec(compile(text, "prep.py", "exec"), made.__dict__)
    return made


def taken(extracted: dict[str, Any], rows: np.ndarray) -> dict[str, Any]:
    return {
        name: values.iloc[rows].reset_index(drop=True) if hasattr(values, "iloc") else values[rows]
        for name, values in extracted.items()
    }


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_prep_reads_a_shadow_as_the_rows_that_it_says_it_holds(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind, 120)
    blueprint, _ = planned(made)
    prep = module(ExpertPreprocessingCoder().write(blueprint))
    found = built(made, blueprint, tmp_path / "cache")
    target = np.load(found["target"])
    view = Path(found["view"])
    has_rows = hasattr(prep, "read_rows")
    whole = pd.concat(prep.read_rows(view), ignore_index=True) if has_rows else None
    extracted = prep.extract(view, tmp_path, {}) if hasattr(prep, "extract") else None
    for fold in found["folds"][:2]:
        data, rows = Path(fold["data"]), np.load(fold["rows"])
        if whole is not None:
            both = pd.concat(prep.read_rows(data), ignore_index=True)
            shared = [c for c in whole if c not in NAMES and c not in made.task["targets"]]
            pd.testing.assert_frame_equal(
                both[shared], whole[shared].iloc[rows].reset_index(drop=True)
            )
        fitted: dict[str, Any] = {}
        outputs = prep.prepare(data, taken(extracted, rows) if extracted else None, fitted)
        kept = rows[: fold["train_rows"]]
        assert outputs["target"].tolist() == target[kept].tolist()
        for member in blueprint.members:
            assert outputs[f"{member.view}_train"].shape[0] == len(kept)
            assert outputs[f"{member.view}_test"].shape[0] == len(rows) - len(kept)


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_the_reading_is_clean_and_each_step_has_its_marker_once(tmp_path: Path, kind: str) -> None:
    blueprint, _ = planned(write_layout(tmp_path / "real", kind, 60))
    text = ExpertPreprocessingCoder().write(blueprint)
    (tmp_path / "prep.py").write_text(text, "utf-8")
    said = ""
    for command in (["format", "--diff"], ["check", "--select", "E,F,I"]):
        line = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100"]
        done = subprocess.run([*line, tmp_path / "prep.py"], capture_output=True, text=True)
        said += done.stdout
    assert said.replace("All checks passed!\n", "") == ""
    for step in blueprint.part("prep"):
        assert text.count(f"# [{step.id}] ") == 1


@pytest.mark.parametrize("kind", ["class_folders", "paired_files"])
def test_a_sample_may_call_its_ids_file(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "made", kind, 60)
    sample = made.folder / "sample_submission.csv"
    header, rows = sample.read_text().split("\n", 1)
    sample.write_text(f"file,{header.partition(',')[2]}\n{rows}")
    found = walk(made.folder, tmp_path / "work")
    assert isinstance(found, Planned), found
    assert (found.task.id_column, found.changed) == ("file", ())
    given = answered(found.blueprint, found.task, made.folder, tmp_path / "run")
    assert wrong(found.task, found.folder, given) == []


def pipeline(made: Competition, file: Path) -> str:
    """Write the pipeline of the cheapest member; gives its template."""
    blueprint, task = planned(made)
    member = next(m for c in CHEAP for m in blueprint.members if m.template.startswith(c))
    prep, model = ExpertPreprocessingCoder(), ExpertModelingCoder()
    code = CandidateCode(
        member.name,
        member,
        file.parent,
        prep.write(blueprint),
        model.write(blueprint, member),
        task,
    )
    plan = HarnessPlan(title=task.title, task=task, decision=code.decision({}))
    file.write_text(assemble(code.prep_module(), [code.member_module(None)], plan).text, "utf-8")
    return member.template


def run(script: Path, *arguments: object) -> None:
    """Run a pipeline alone."""
    command = [sys.executable, "-I", str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def without_training_rows(made: Competition, folder: Path) -> Path:
    """What a person has later: new rows, and nothing of the training rows."""
    shutil.copytree(made.folder, folder)
    layout = made.task["layout"]
    own = [one for one in layout["related"] if one["role"] != "history" or one["test_file"]]
    labels = [one["file"] for one in own]
    for name in (made.task["train_file"], *labels):
        place = folder / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    return folder


@pytest.mark.parametrize(
    "kind",
    [
        "class_folders",
        "paired_files",
        "text_folders",
        "label_table",
        "one_features_table",
        "related_tables",
        "parted_history",
    ],
)
def test_a_saved_pipeline_answers_new_rows_without_the_training_rows(
    tmp_path: Path, kind: str
) -> None:
    made = write_layout(tmp_path / "real", kind, 90)
    script = tmp_path / "best.py"
    pipeline(made, script)
    first, again = tmp_path / "first.csv", tmp_path / "again.csv"
    run(script, "--data-dir", made.folder, "--out", first, "--save", tmp_path / "kept")
    answered = pd.read_csv(first, dtype=str)
    name = made.task["id_column"]
    assert answered[name].tolist() == made.answers[name].astype(str).tolist()
    assert list(answered.columns) == list(made.answers.columns)
    new = without_training_rows(made, tmp_path / "new")
    run(script, "--data-dir", new, "--out", again, "--load", tmp_path / "kept")
    assert again.read_bytes() == first.read_bytes()
    if kind in ("class_folders", "paired_files", "text_folders"):
        assert [path.name for path in (tmp_path / "kept").iterdir()] == ["fitted.pkl"]


def test_the_refit_takes_what_was_extracted_from_the_view_in_the_order_of_the_real_folder(
    tmp_path: Path,
) -> None:
    made = write_layout(tmp_path / "real", "file_names", 120)
    script = tmp_path / "best.py"
    pipeline(made, script)
    found = built(made, planned(made)[0], tmp_path / "cache")
    kept = tmp_path / "extracted.pkl"
    run(script, "--data-dir", found["view"], "--only", "extract", "--extracted", kept)
    assert len(pickle.loads(kept.read_bytes())["image_numbers"]) == 150
    alone, shared = tmp_path / "alone.csv", tmp_path / "shared.csv"
    run(script, "--data-dir", made.folder, "--out", alone)
    rows = ("--rows", found["real_rows"])
    run(script, "--data-dir", made.folder, "--out", shared, "--extracted", kept, *rows)
    assert shared.read_bytes() == alone.read_bytes()
    labels = [name for name in made.answers if name != "id"]
    chances = pd.read_csv(alone)
    assert chances["id"].tolist() == made.answers["id"].astype(int).tolist()
    right = chances[labels].to_numpy().argmax(1) == made.answers[labels].to_numpy().argmax(1)
    assert right.mean() > 0.7


def test_what_a_series_was_before_beats_no_memory(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "panel", 1200)
    blueprint, _ = planned(made)
    assert "past_of_series" in {step.key for step in blueprint.part("prep")}
    errors = {}
    for name in ("with", "without"):
        left_out = () if name == "with" else ("past_of_series", "past_windows")
        steps = tuple(step for step in blueprint.steps if step.key not in left_out)
        prep = module(
            ExpertPreprocessingCoder().write(
                Blueprint(
                    title=blueprint.title,
                    kind=blueprint.kind,
                    steps=steps,
                    members=blueprint.members,
                    folds=blueprint.folds,
                )
            )
        )
        found = built(made, blueprint, tmp_path / "cache")
        wrong = []
        for fold in found["folds"][-3:]:
            outputs = prep.prepare(Path(fold["data"]), None, {})
            model = ExtraTreesRegressor(100, min_samples_leaf=3, random_state=0)
            sides = [
                pd.get_dummies(outputs[f"features_{side}"]).fillna(-1) for side in ("train", "test")
            ]
            model.fit(sides[0], outputs["target"])
            raw = model.predict(sides[1])[: fold["n_fold"]]
            wrong.append(np.load(found["target"])[np.load(fold["fold_rows"])] - raw)
        errors[name] = float(np.sqrt(np.mean(np.concatenate(wrong) ** 2)))
    assert errors["with"] < 0.95 * errors["without"], errors


def test_files_without_an_answer_stand_in_no_view_and_in_no_training_row(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "paired_files", 80)
    for partner in sorted((made.folder / "train").glob("*.json"))[:9]:
        partner.unlink()
    layout = {**made.task["layout"], "drop_unlabelled": True}
    made = Competition(made.folder, made.answers, {**made.task, "layout": layout})
    blueprint, _ = planned(made)
    prep = module(ExpertPreprocessingCoder().write(blueprint))
    found = built(made, blueprint, tmp_path / "cache")
    assert len(prep.read_rows(made.folder)[0]) == len(prep.read_rows(Path(found["view"]))[0]) == 71
