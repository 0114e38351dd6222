"""Tracks whose recipes or libraries are missing are skipped with a note, never faked."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from iiml_codegen.budget import Budget
from iiml_codegen.doctor import examine
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.knowledge import Knowledge, MemberAdvice
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.interpreter import HOW_TO_DEEP
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.planning.runnable_tracks import in_the_way, with_runnable_tracks
from iiml_codegen.preflight import preflight
from iiml_codegen.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.fixture
def context(tmp_path: Path, bare: Path) -> Iterator[SolveContext]:
    """A solve of all tracks in a Python without torch."""
    workspace = Workspace(tmp_path).create()
    with closing(Journal(workspace.journal)) as journal:
        yield SolveContext(
            workspace=workspace,
            options=SolveOptions(),
            journal=journal,
            runner=Runner(journal),
            worker=WorkerClient(bare, workspace.worker_log),
            budget=Budget(60.0),
            stop=threading.Event(),
            interpreter=bare,
        )


def advice(track: Track) -> MemberAdvice:
    return MemberAdvice(
        name=track,
        track=track,
        title="",
        training="",
        templates={"binary": "linear_classifier"},
        order=1,
        cost=1.0,
        why="",
        source="",
    )


def notes(context: SolveContext) -> list[str]:
    events = (entry.event for entry in context.journal.read())
    return [event.text for event in events if isinstance(event, Note)]


def test_all_tracks_are_asked_for_by_default() -> None:
    assert SolveOptions().tracks == ("traditional", "pretrained", "custom_nn")


def test_networks_without_torch_are_left_out_and_a_track_without_recipes_is_told(
    context: SolveContext,
) -> None:
    known = Knowledge(members=(advice("custom_nn"), advice("traditional")))
    left = with_runnable_tracks(context, known)
    assert [one.track for one in left.members] == ["traditional"]
    first, second = notes(context)
    assert "pretrained is skipped: none of its recipes" in first
    assert "custom_nn is skipped: torch is not installed" in second and HOW_TO_DEEP in second


def test_what_keeps_recipes_away_is_told() -> None:
    traits = {"binary", "table", "metric_roc_auc"}
    said = in_the_way("custom_nn", {*traits, "many_rows"})
    assert said == " (more than 50,000 training rows)"
    assert in_the_way("custom_nn", traits) == ""


def test_the_way_to_networks_names_what_the_extra_deep_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    deep = {re.split(r"[><=]", one)[0] for one in project["optional-dependencies"]["deep"]}
    assert set(HOW_TO_DEEP.removeprefix("pip install ").split()) == deep


def test_networks_alone_without_torch_are_an_error_with_a_way_out(context: SolveContext) -> None:
    only = Knowledge(members=(advice("custom_nn"),))
    with pytest.raises(EnvironmentProblem, match="torch is not installed") as raised:
        with_runnable_tracks(context, only)
    assert raised.value.hint == HOW_TO_DEEP


def test_doctor_and_preflight_say_which_tracks_can_run(
    tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IIML_CACHE_DIR", str(tmp_path / "cache"))
    checks = {check.name: check for check in examine(str(bare), {})}
    assert checks["torch"].status == "warn" and "skipped" in checks["torch"].detail
    assert checks["lightgbm"].hint == f"iiml install --interpreter {bare}"
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "train.csv").write_text("a\n", "utf-8")
    page = preflight(folder, interpreter=str(bare))
    told = [one for one in page.problems if "torch" in one.message]
    assert [(one.blocking, one.hint) for one in told] == [(False, HOW_TO_DEEP)]
    assert "torch" not in page.missing
    alone = preflight(folder, interpreter=str(bare), models={"tracks": ("custom_nn",)})
    assert [one.blocking for one in alone.problems if "torch" in one.message] == [True]
