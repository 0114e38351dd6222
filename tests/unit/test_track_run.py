"""A track is run with the modules as they stand: real solves, and a folder's own plan."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from competitions import write_competition
from processes import start_python
from processes.solving import Folder

from iiml_codegen.affected import affected
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
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.viewing.solving import resume_orders, track_orders
from iiml_codegen.workspace import Workspace

SOLVER = """
import dataclasses, sys
from pathlib import Path
import msgspec
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

class Guide:
    def __init__(self, expert):
        self.expert = expert

    def plan(self, *asked):
        blueprint, contract = self.expert.plan(*asked)
        steps = tuple(step for step in blueprint.steps if step.member in (None, "linear"))
        members = (blueprint.member("linear"),)
        return msgspec.structs.replace(blueprint, members=members, steps=steps), contract

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    return real(context, dataclasses.replace(expert, guideline_agent=Guide(expert.guideline_agent)))

house.solve = solve
options = SolveOptions(interpreter=sys.executable, budget=120.0, folds=2)
solver.read_orders = lambda: solver.Orders(options=options)
sys.exit(solver.main(Path(sys.argv[1])))
"""
ANSWER = "    return probabilities[:, 1]"
NOISE = "    noise = np.random.default_rng(0).random(probabilities.shape)\n"
NOISY = f"{NOISE}    probabilities = 0.3 * probabilities + 0.7 * noise\n{ANSWER}"
IIML = [sys.executable, "-m", "iiml_codegen.cli"]


def iiml(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*IIML, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


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


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("track") / "shop"
    write_competition(folder, "binary", rows=200)
    with start_python(SOLVER, folder) as solver:
        assert solver.wait() == 0
    return folder


@pytest.fixture
def solved(original: Path) -> Iterator[Solved]:
    """The folder as it was after its solve; its place stays, since caches are named by it."""
    kept = original.with_name("kept")
    if not kept.exists():
        shutil.copytree(original / "iiml", kept / "iiml")
        shutil.copy2(original / "submission.csv", kept / "submission.csv")
    shutil.rmtree(original / "iiml")
    shutil.copytree(kept / "iiml", original / "iiml")
    shutil.copy2(kept / "submission.csv", original / "submission.csv")
    yield Solved(Workspace(original))


def test_an_edit_that_is_no_better_leaves_the_submission(solved: Solved) -> None:
    workspace = solved.workspace
    before = workspace.submission.read_bytes()
    assert not affected(workspace)[0].affected
    mine = solved.edit(solved.model, "STRENGTH = ", "STRENGTH = 1e-9 * ")
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


def test_a_better_track_is_handed_in_and_no_module_is_written(solved: Solved) -> None:
    workspace = solved.workspace
    solved.edit(solved.model, ANSWER, NOISY)
    workspace.submission.unlink()
    assert iiml("run", workspace.folder, "--track", "traditional").returncode == 0
    worse = solved.events(SubmissionWritten)[-1].score
    mine = solved.edit(solved.model, "0.3 * probabilities + 0.7 *", "0.9 * probabilities + 0.1 *")
    ran = iiml("run", workspace.folder, "--track", "traditional", "--budget", "5m", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = solved.events(SubmissionWritten)[-1]
    assert written.candidate == "00-yours" and written.score > worse
    assert solved.ended().message.endswith("(00-yours); submission.csv is replaced")
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


def test_viewers_keep_what_was_there_and_resuming_goes_on_with_the_track(solved: Solved) -> None:
    workspace = solved.workspace
    assert iiml("run", workspace.folder, "--track", "traditional").returncode == 0
    view = SolveView()
    journal = Journal(workspace.journal)
    for entry in journal.read():
        view.apply(entry)
    journal.close()
    assert {"00-yours", "01-linear"} <= set(view.candidates)
    assert view.submission is not None and view.submission.candidate == "01-linear"
    assert resume_orders(workspace, 60.0).track == "traditional"
    assert any(note.text.startswith("Computes on ") for note in solved.events(Note))


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
