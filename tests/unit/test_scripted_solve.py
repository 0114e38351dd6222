"""A whole solve with a model that answers well: its agents are asked, and its feature wins.

The answers are in `tests/data/scripted`, written for the competition of `competitions.rationing`,
whose key the expert does not find. The model is a server on loopback; everything else is real.
One track is solved, in which the expert has a single network, and the clock decides nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from competitions.rationing import DETOUR, write_rationing
from processes import wait_until
from processes.scripted_model import AnswerFiles, Asked, ScriptedModel

from iiml_codegen.domain.events import Event, IdeaTried, ModelCalled, PatchTried
from iiml_codegen.journal import Journal

ANSWERS = Path(__file__).parents[1] / "data" / "scripted"
KEY = "sk-scripted-7d1f0c2b9a8e4f35"
MOST_SECONDS = 1800.0
MORE_THAN_THERE_ARE = "9"
AGENTS = {
    "task_analyzer",
    "profiling_agent",
    "knowledge_retriever",
    "custom_architecture_retriever",
    "guideline_agent",
    "preprocessing_coder",
    "modeling_coder",
    "error_analyzer",
    "debugging_agent",
    "evaluation_agent",
    "improver",
    "improvement_coder",
}


@dataclass(frozen=True)
class Played:
    """A solved folder, what was printed and asked, and the environments of its processes."""

    folder: Path
    summary: dict[str, Any]
    printed: str
    asked: list[Asked]
    environments: list[str]

    def events(self, kind: type[Event]) -> list[Any]:
        path = self.folder / "iiml" / "journal.sqlite"
        if not path.exists():
            return []
        journal = Journal(path, create=False)
        found = [entry.event for entry in journal.read() if isinstance(entry.event, kind)]
        journal.close()
        return found


@contextmanager
def started(folder: Path, cache: Path, model: ScriptedModel) -> Iterator[subprocess.Popen[str]]:
    """A solve with the model, as a user would start it; its output goes beside the folder."""
    command = [
        *(sys.executable, "-I", "-m", "iiml_codegen.cli", "solve", str(folder), "--json"),
        *("--backbone", "openai", "--base-url", model.url, "--model", "scripted"),
        *("--candidates", MORE_THAN_THERE_ARE, "--folds", "2"),
        *("--tracks", "custom_nn", "--no-tuning"),
    ]
    configuration = cache.with_name("config.toml")
    configuration.write_text("[knowledge]\nlearn = false\n", "utf-8")
    environment = os.environ | {
        "OPENAI_API_KEY": KEY,
        "IIML_CACHE_DIR": str(cache),
        "IIML_CONFIG": str(configuration),
    }
    out, errors = (folder.parent / f"{folder.name}.{name}" for name in ("out", "err"))
    with (
        out.open("w", encoding="utf-8") as stdout,
        errors.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(
            command, stdout=stdout, stderr=stderr, env=environment, text=True
        ) as solving,
    ):
        yield solving


def play(folder: Path, cache: Path, model: ScriptedModel) -> Played:
    """Solve with the model, looking at the processes that work on it."""
    environments: list[str] = []
    with started(folder, cache, model) as solving:

        def over() -> bool:
            environments.extend(environments_of(folder, but=solving.pid))
            return solving.poll() is not None

        wait_until(over, "the solve ends", MOST_SECONDS, every=0.2)
    out, errors = (
        (folder.parent / f"{folder.name}.{name}").read_text("utf-8") for name in ("out", "err")
    )
    assert solving.returncode == 0, errors + out
    return Played(folder, json.loads(out), out + errors, list(model.asked), environments)


def environments_of(folder: Path, but: int) -> list[str]:
    """What the processes that name a folder in their command line see, command line included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != but and str(folder) in " ".join(process.cmdline()):
                command = " ".join(own_command(process))
                found.append(command + "\n" + str(process.environ()))
        except psutil.Error:
            continue
    return found


def own_command(process: psutil.Process) -> list[str]:
    """The command line of a process once it is no mere copy of its parent.

    Between its fork and the program that it becomes it shows what its parent was given.
    """
    end = time.monotonic() + 5
    while (command := process.cmdline()) == psutil.Process(process.ppid()).cmdline():
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    return command


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    """The model, on loopback."""
    with ScriptedModel(AnswerFiles(ANSWERS)) as answering:
        yield answering


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> Played:
    """The competition, solved once."""
    base = tmp_path_factory.mktemp("scripted")
    write_rationing(base / "rounds", rows=300)
    return play(base / "rounds", base / "cache", model)


def test_every_agent_asks_on_the_wire(played: Played) -> None:
    asked = Counter(one.agent for one in played.asked)
    assert asked.keys() >= AGENTS
    calls = Counter(call.agent for call in played.events(ModelCalled) if call.outcome != "cached")
    assert calls == asked
    assert {one.key for one in played.asked} == {KEY}


def test_the_feature_beats_what_the_expert_can_do(played: Played) -> None:
    board = {one["id"]: one["score"] for one in played.summary["candidates"]}
    expert = [score for name, score in board.items() if name[0] != "L" and score is not None]
    unexplained = DETOUR / 2  # all that remains for who tells no barred round from another
    assert played.summary["best"]["score"] < 0.85 * unexplained < 0.85 * min(expert)
    first, *_ = played.events(IdeaTried)
    assert first.outcome == "kept" and first.p_better > 0.99 and first.difference > 1


def test_the_submission_predicts_what_was_withheld(played: Played) -> None:
    found = pd.read_csv(played.folder / "submission.csv")
    sample = pd.read_csv(played.folder / "sample_submission.csv")
    assert list(found.columns) == list(sample.columns)
    assert found["id"].tolist() == sample["id"].tolist()
    assert found["minutes"].notna().all() and found["minutes"].nunique() > 50


def test_the_fault_in_its_code_is_mended_by_the_debugging_agent(played: Played) -> None:
    patches = [patch for patch in played.events(PatchTried) if patch.kept]
    assert [patch.proposed_by for patch in patches] == ["openai:debugging_agent"]


def test_report_and_summary_say_what_was_tried_and_what_it_cost(played: Played) -> None:
    report = (played.folder / "iiml" / "report.html").read_text("utf-8")
    assert "Tell rounds that may not drive through the centre" in report
    for agent in AGENTS:
        assert agent in report or agent.replace("_", " ") in report
    assert "tokens" in report


def test_the_key_is_nowhere(played: Played) -> None:
    files = [path for path in played.folder.parent.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in played.printed
    assert len(played.environments) > 10
    assert not [seen for seen in played.environments if KEY in seen]


def test_a_second_solve_of_a_copy_pays_nothing(
    played: Played, model: ScriptedModel, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for path in played.folder.glob("*.*"):
        if path.name != "submission.csv":
            shutil.copy(path, folder)
    again = Played(folder, {}, "", [], [])
    before = len(model.asked)
    with started(folder, played.folder.parent / "cache", model) as solving:
        wait_until(lambda: len(again.events(ModelCalled)) >= 6, "models are asked", MOST_SECONDS)
        solving.send_signal(signal.SIGINT)
        wait_until(lambda: solving.poll() is not None, "the solve ends", MOST_SECONDS)
    calls = again.events(ModelCalled)
    assert {call.outcome for call in calls} == {"cached"}
    assert {call.cost for call in calls} == {0.0}
    assert len(model.asked) == before
