"""Views of texts and of paths to media: planned when read, and true wherever prep runs."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from os.path import isfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import LAYOUTS, Competition, write_layout
from processes import script, spec_for

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.execution.runner import Runner
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.planning.contract_plan import plan_contract
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent, numbered
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.prep_plan import plan_prep
from iiml_codegen.planning.prep_request import PrepRequest
from iiml_codegen.search.specs import media_folders
from iiml_codegen.worker.__main__ import plain
from iiml_codegen.worker.contract.delivery import deliver
from iiml_codegen.worker.contract_check import violations
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.shadows import shadows

VIEWS = {
    "file_names": "pictures",
    "paired_files": "sounds",
    "files_by_id": "sounds",
    "class_folders": "pictures",
    "text_folders": "texts",
    "documents": "text_columns",
}


def planned(made: Competition, *views: str) -> tuple[Blueprint, TaskSummary, DataProfile]:
    """The plan of a prep that gives these views alone."""
    task = from_plain(made.task, TaskSummary)
    measured = profile({"folder": str(made.folder), "task": made.task, "seed": 0})
    data = from_plain(plain(measured), DataProfile)
    knowledge = ExpertKnowledgeRetriever(learned=False).retrieve(task, data)
    whole, _ = ExpertGuidelineAgent().plan(
        task, data, knowledge, SolveOptions(tracks=("traditional",))
    )
    steps = plan_prep(PrepRequest(task, data, knowledge, frozenset(views), frozenset()))
    blueprint = Blueprint(
        title=whole.title,
        kind=whole.kind,
        steps=numbered("prep", steps),
        members=(),
        folds=whole.folds,
    )
    return blueprint, task, data


def module(text: str) -> ModuleType:
    made = ModuleType("prep")
    exec(compile(text, "prep.py", "exec"), made.__dict__)
    return made


class Built:
    """A competition with the prep of one plain view, its view folder and its shadows."""

    def __init__(self, folder: Path, kind: str) -> None:
        made = write_layout(folder / "real", kind, 60)
        self.view = VIEWS[kind]
        blueprint, self.task, self.data = planned(made, self.view)
        self.steps = [step.key for step in blueprint.steps]
        self.text = ExpertPreprocessingCoder().write(blueprint)
        self.prep = module(self.text)
        request = {"folder": str(made.folder), "task": made.task, "out": str(folder / "cache")}
        self.shadows = shadows({**request, "plan": to_plain(blueprint.folds)})
        self.made = made

    def outputs(self, data: Path, rows: np.ndarray | None = None) -> dict[str, Any]:
        """What prep gives for a folder; with `rows` from what it extracted from the view."""
        extracted = self.prep.extract(data if rows is None else Path(self.shadows["view"]), data)
        if rows is not None:
            extracted = {n: v.iloc[rows].reset_index(drop=True) for n, v in extracted.items()}
        return dict(self.prep.prepare(data, extracted))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return cache(lambda kind: Built(tmp_path_factory.mktemp(kind), kind))


def contents(value: Any) -> list[Any]:
    """Texts as they are, paths by the bytes that they lead to."""
    if isinstance(value, pd.DataFrame):
        return value.to_numpy().tolist()
    return [Path(one).read_bytes() if isfile(one) else one for one in value]


@pytest.mark.parametrize("kind", VIEWS)
def test_a_shadow_gives_what_the_view_says_of_its_rows(built: Any, kind: str) -> None:
    one = built(kind)
    fold = one.shadows["folds"][0]
    rows = np.load(fold["rows"])
    alone, shared = one.outputs(Path(fold["data"])), one.outputs(Path(fold["data"]), rows)
    for half in (f"{one.view}_train", f"{one.view}_test"):
        assert contents(alone[half]) == contents(shared[half])
        assert alone[half].index.equals(pd.RangeIndex(len(alone[half])))
    assert all(contents(alone[f"{one.view}_train"]))


@pytest.mark.parametrize("kind", VIEWS)
def test_the_view_keeps_its_clauses_and_stands_in_clean_code(
    built: Any, kind: str, tmp_path: Path
) -> None:
    one = built(kind)
    fold = one.shadows["folds"][0]
    outputs = one.outputs(Path(fold["data"]))
    contract: Any = to_plain(plan_contract(one.task, frozenset({one.view}), one.data))
    rows = {"train": len(outputs["target"]), "test": len(outputs[f"{one.view}_test"])}
    delivery = deliver(outputs, rows, "target", None)
    assert [v for clause in contract["clauses"] for v in violations(clause, delivery)] == []
    half = f"{one.view}_test"
    gap, numbers = outputs[half].copy(), pd.Series(range(rows["test"]))
    gap.iloc[0] = None
    for wrong in (gap, numbers):
        delivery = deliver({**outputs, half: wrong}, rows, "target", None)
        assert [v for clause in contract["clauses"] for v in violations(clause, delivery)]
    (tmp_path / "prep.py").write_text(one.text, "utf-8")
    for command in (["format", "--check"], ["check", "--select", "E,F,I"]):
        line = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100"]
        done = subprocess.run([*line, tmp_path / "prep.py"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_nobody_measures_media_or_counts_words_that_no_member_reads(built: Any) -> None:
    assert built("file_names").steps == ["read_rows", "class_target", "media_paths"]
    assert built("text_folders").steps == ["read_rows", "class_target", "clean_text"]


def test_files_that_miss_are_left_out_and_several_of_a_row_are_joined() -> None:
    prep = module(Path("../workspace_templates/recipes/media_files.py").read_text("utf-8"))
    here, gone = Path(__file__), Path("x" * 300)
    found = prep.file_paths([here, gone, gone], [here, here, gone])
    assert found.tolist() == [f"{here}|{here}", str(here), ""]


READ = """
from pathlib import Path
for path in {paths!r}:
    assert Path(path).read_bytes()
print("read")
"""


@pytest.mark.parametrize("kind", ["class_folders", "files_by_id"])
def test_a_guarded_fold_reads_the_files_of_the_view_and_nothing_else_there(
    built: Any, kind: str, tmp_path: Path
) -> None:
    one = built(kind)
    fold, view = one.shadows["folds"][0], Path(one.shadows["view"])
    outputs = one.outputs(Path(fold["data"]), np.load(fold["rows"]))
    paths = [str(path) for path in outputs[f"{one.view}_train"][:5]]
    assert all(Path(path).is_relative_to(view) for path in paths)
    refused = (str(one.made.folder), str(Path(one.shadows["target"]).parents[2]))
    allowed = media_folders(one.task.layout, str(view))
    limits = {"refused_reads": refused, "allowed_reads": allowed}
    good = script(tmp_path / "good.py", READ.format(paths=paths))
    result = Runner().run(spec_for(good, tmp_path / "runs", **limits))
    assert (result.status, result.log_tail) == ("ok", "read\n")
    real = (
        next(path for path in (one.made.folder / "train").rglob("*") if path.is_file())
        if ((one.made.folder / "train").is_dir())
        else one.made.folder / "train.csv"
    )
    for place in (one.shadows["target"], fold["rows"], real):
        bad = script(tmp_path / f"bad{Path(place).stem}.py", READ.format(paths=[str(place)]))
        result = Runner().run(spec_for(bad, tmp_path / "runs", **limits))
        assert result.status == "forbidden", place


def test_every_layout_with_such_files_is_here() -> None:
    assert set(VIEWS) < set(LAYOUTS)
