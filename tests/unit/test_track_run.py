"""A track is run with the modules as they stand: real solves, and a folder's own plan."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes.small_solve import copy_of_solved
from processes.solving import Folder

from iiml_codegen.affected import affected
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import (
    BlueprintPlanned,
    CandidateUpdated,
    Note,
    SolveEnded,
    SolveStarted,
    SubmissionWritten,
)
from iiml_codegen.errors import FolderBusyError
from iiml_codegen.generated import generated_text
from iiml_codegen.journal import Journal
from iiml_codegen.viewing import tracks
from iiml_codegen.viewing.follow import Outcome
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.viewing.solving import Shown, resume_orders, track_orders
from iiml_codegen.workspace import Workspace

ANSWER = "    return probabilities[:, 1]"
NOISE = "    noise = np.random.default_rng(0).random(probabilities.shape)\n"
NOISY = f"{NOISE}    probabilities = 0.9 * probabilities + 0.1 * noise\n{ANSWER}"
IIML = [sys.executable, "-m", "iiml_codegen.cli"]


def iiml(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*IIML, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


class Solved:
    """A solved folder, and what its journal says since the last start."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.model = workspace.model("traditional")

    def edit(self, path: Path, old: str, new: str) -> bytes:
        text = path.read_text("utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path.read_bytes()

    def events(self, kind: type[Any]) -> list[Any]:
        journal = Journal(self.workspace.journal)
        try:
            start = journal.last(SolveStarted)
            entries = journal.read(start.seq if start else 0)
        finally:
            journal.close()
        return [entry.event for entry in entries if isinstance(entry.event, kind)]

    def ended(self) -> SolveEnded:
        (event,) = self.events(SolveEnded)
        assert isinstance(event, SolveEnded)
        return event


@pytest.fixture
def solved(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Solved:
    """A solved folder of the test's own."""
    return Solved(Workspace(copy_of_solved(tmp_path_factory, tmp_path / "shop")))


def test_an_edit_that_is_no_better_leaves_the_submission(solved: Solved) -> None:
    workspace = solved.workspace
    before = workspace.submission.read_bytes()
    assert not affected(workspace)[0].affected
    mine = solved.edit(solved.model, "C = ", "C = 1e-9 * ")
    generated = generated_text(workspace, solved.model.name)
    ran = iiml("run", workspace.folder, "--affected", "--attach")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "traditional: model_traditional.py changed" in ran.stdout
    said = solved.ended().message
    assert said.startswith("00-yours scores 0.") and "the best before was 0." in said
    assert said.endswith("; submission.csv stays as it was") and said in ran.stdout
    assert workspace.submission.read_bytes() == before
    assert solved.model.read_bytes() == mine
    assert generated_text(workspace, solved.model.name) == generated
    (started,) = [e for e in _all(workspace, SolveStarted) if e.track is not None]
    assert (started.track, started.options.folds) == ("traditional", 2)
    assert solved.events(BlueprintPlanned) == []
    found = affected(workspace)[0]
    scores = [e.candidate.score for e in solved.events(CandidateUpdated) if e.candidate.score]
    assert (found.affected, found.score) == (False, scores[-1].value)
    again = iiml("run", workspace.folder, "--affected")
    assert again.stdout == "traditional: nothing changed since it was scored\n"
    check_views(solved)


def check_views(solved: Solved) -> None:
    """What was there before the track stays in views, and resuming goes on with the track."""
    workspace, view = solved.workspace, SolveView()
    with closing(Journal(workspace.journal)) as journal:
        for entry in journal.read():
            view.apply(entry)
    assert {"00-yours", "01-linear"} <= set(view.candidates)
    assert view.submission is not None and view.submission.candidate == "01-linear"
    assert resume_orders(workspace, 60.0).track == "traditional"
    assert any(note.text.startswith("Computes on ") for note in solved.events(Note))


def make_standing_worse(workspace: Workspace) -> None:
    """Have the record say that what stands scored next to nothing."""
    record = workspace.generated / "standing.json"
    told = json.loads(record.read_bytes())
    for one in told:
        one["candidate"]["score"] |= {"value": 0.51, "folds": [0.51, 0.51]}
    record.write_text(json.dumps(told))


def test_a_better_track_is_handed_in_and_no_module_is_written(solved: Solved) -> None:
    workspace = solved.workspace
    make_standing_worse(workspace)
    mine = solved.edit(solved.model, ANSWER, NOISY)
    ran = iiml("run", workspace.folder, "--track", "traditional", "--budget", "5m", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = solved.events(SubmissionWritten)[-1]
    assert written.candidate == "00-yours" and written.score > 0.51
    assert solved.ended().message.endswith("was 0.51000 (01-linear); submission.csv is replaced")
    assert "0.1 * noise" in workspace.best.read_text("utf-8")
    assert solved.model.read_bytes() == mine
    assert "noise" not in (generated_text(workspace, solved.model.name) or "noise")
    assert _all(workspace, SolveStarted)[-1].options.budget == 300.0


def test_modules_that_do_not_hold_are_told_with_their_place(solved: Solved) -> None:
    workspace = solved.workspace
    before = workspace.submission.read_bytes()
    read = "    train = read"
    solved.edit(workspace.prep, read, f"    raise RuntimeError('mine')\n{read}")
    ran = iiml("run", workspace.folder, "--track", "traditional")
    assert ran.returncode == 1
    assert "00-yours does not hold: prep.py:" in ran.stdout and "mine" in ran.stdout
    assert solved.ended().status == "failed"
    assert workspace.submission.read_bytes() == before
    assert affected(workspace)[0].why == "prep.py changed"


def test_a_track_has_the_options_of_the_last_solve(solved: Solved) -> None:
    orders = track_orders(solved.workspace, "traditional", None, None)
    assert (orders.track, orders.options.folds, orders.options.budget) == ("traditional", 2, 120.0)
    other = track_orders(solved.workspace, "traditional", 30.0, "/usr/bin/python3")
    assert (other.options.budget, other.options.interpreter) == (30.0, "/usr/bin/python3")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--track", "traditional"], 3, "task.json is missing"),
        (["--affected"], 0, "no track has modules in"),
        ([], 3, "is a folder"),
    ],
)
def test_a_folder_that_was_never_solved_says_so(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "data.csv").write_text("a\n1\n")
    ran = iiml("run", tmp_path, *arguments)
    assert (ran.returncode, said in ran.stdout + ran.stderr) == (code, True)


def test_a_track_that_fails_does_not_keep_the_others_from_running(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    for module in (workspace.prep, workspace.model("traditional"), workspace.model("custom_nn")):
        module.write_text("A = 1\n", "utf-8")
    ran = iiml("run", tmp_path, "--affected", "--json")
    assert ran.returncode == 3
    answers = [json.loads(text) for text in ran.stdout.splitlines()]
    assert [answer["status"] for answer in answers] == ["failed", "failed"]
    assert all("is missing" in answer["message"] for answer in answers)


@pytest.mark.parametrize("outcome", [Outcome.INTERRUPTED, Outcome.DETACHED])
def test_an_interruption_ends_all_tracks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(tracks, "show_solve", lambda *given: ran.append("one") or Shown(7, outcome))
    wanted: list[Track] = ["traditional", "custom_nn"]
    assert tracks.run_tracks(Workspace(tmp_path), wanted, None, None, "lines") == 7
    assert ran == ["one"]


def test_a_track_waits_for_no_other_solver(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with folder.solver() as solver:
        folder.wait_for_work()
        ran = iiml("run", tmp_path, "--track", "traditional")
        folder.go()
        assert solver.wait() == 0
    assert ran.returncode == FolderBusyError.exit_code
    assert "run the track when it has ended" in ran.stderr


def _all(workspace: Workspace, kind: type[Any]) -> list[Any]:
    journal = Journal(workspace.journal)
    try:
        return [entry.event for entry in journal.read() if isinstance(entry.event, kind)]
    finally:
        journal.close()
