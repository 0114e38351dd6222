"""Models that answer noise, yesterday's ways, code that deletes, and the key: the expert stands.

Each is a server on loopback beside a real solve. Whatever it answers, a submission as good as the
expert's is there, nothing is lost, the key is nowhere, and the journal says what happened. The
expert's plan is one plain model, as it is told nothing else; the clock decides nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from competitions.rationing import write_rationing
from processes.hostile_models import deleting, nonsense, old_code, telling, without_ideas
from processes.scripted_model import AnswerFiles, Answering, ScriptedModel

from iiml_codegen.domain.events import Event, ModelCalled, Note, RunEnded
from iiml_codegen.journal import Journal

ANSWERS = Path(__file__).parents[1] / "data" / "scripted"
PLANS = without_ideas(AnswerFiles(ANSWERS))
KEY = "sk-hostile-5b1c9e7a3d2f4086"
MORE_THAN_THERE_ARE = "9"


@dataclass(frozen=True)
class Held:
    """What a solve beside a hostile model left: the folder, the summary, all that was printed."""

    folder: Path
    summary: dict[str, Any]
    printed: str

    def events(self, kind: type[Event]) -> list[Any]:
        journal = Journal(self.folder / "iiml" / "journal.sqlite", create=False)
        found = [entry.event for entry in journal.read() if isinstance(entry.event, kind)]
        journal.close()
        return found

    def outcomes(self) -> set[str]:
        return {call.outcome for call in self.events(ModelCalled)}


def solved_beside(answering: Answering, base: Path) -> Held:
    """Solve with the model; the floor must hold whatever it answers."""
    folder = base / "rounds"
    write_rationing(folder, rows=200)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with ScriptedModel(answering) as model:
        command = [
            *(sys.executable, "-I", "-m", "iiml_codegen.cli", "solve", str(folder), "--json"),
            *("--backbone", "openai", "--base-url", model.url, "--model", "hostile"),
            *("--candidates", MORE_THAN_THERE_ARE, "--folds", "2", "--tracks", "traditional"),
            *("--without", "knowledge", "--no-tuning"),
        ]
        environment = os.environ | {"OPENAI_API_KEY": KEY, "IIML_CACHE_DIR": str(base / "cache")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr + done.stdout
        assert model.asked
    assert {name: (folder / name).read_bytes() for name in before} == before
    held = Held(folder, json.loads(done.stdout), done.stdout + done.stderr)
    hold_the_floor(held)
    hold_the_key(held, base)
    return held


def hold_the_floor(held: Held) -> None:
    """A whole submission, by a score no worse than the expert's best."""
    found = pd.read_csv(held.folder / "submission.csv")
    sample = pd.read_csv(held.folder / "sample_submission.csv")
    assert found["id"].tolist() == sample["id"].tolist() and found["minutes"].notna().all()
    board = held.summary["candidates"]
    expert = [one["score"] for one in board if one["id"][0] != "L" and one["status"] == "scored"]
    assert held.summary["best"]["score"] <= min(expert)


def hold_the_key(held: Held, base: Path) -> None:
    """No file and no line that was printed holds the key."""
    files = [path for path in base.rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in held.printed


def test_what_is_no_answer_is_refused_and_the_expert_answers(tmp_path: Path) -> None:
    held = solved_beside(nonsense, tmp_path)
    assert "rejected" in held.outcomes() and held.outcomes() <= {"failed", "rejected"}
    assert any("sent what is no answer" in note.text for note in held.events(Note))
    assert all(call.why for call in held.events(ModelCalled))


def test_code_for_libraries_of_years_ago_is_refused_or_mended(tmp_path: Path) -> None:
    held = solved_beside(old_code(PLANS), tmp_path)
    refused = [call for call in held.events(ModelCalled) if call.outcome == "rejected"]
    assert {call.agent for call in refused} >= {"preprocessing_coder"}


def test_code_that_deletes_files_deletes_none(tmp_path: Path) -> None:
    treasure, base = tmp_path / "treasure", tmp_path / "work"
    (treasure / "photos").mkdir(parents=True)
    kept = [treasure / "photos" / "one.jpg", treasure / "letter.txt"]
    for path in kept:
        path.write_text("precious")
    targets = [treasure, *kept, base / "rounds" / "train.csv", base / "rounds" / "iiml"]
    held = solved_beside(deleting(PLANS, targets), base)
    assert [path.read_text() for path in kept] == ["precious"] * len(kept)
    assert "rejected" in held.outcomes()
    assert any(ended.result.forbidden for ended in held.events(RunEnded))


def test_a_key_that_is_told_back_is_hidden(tmp_path: Path) -> None:
    held = solved_beside(telling(PLANS), tmp_path)
    assert held.outcomes() & {"rejected", "failed"}
