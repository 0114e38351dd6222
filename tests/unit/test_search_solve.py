"""Solves in which something breaks, with real processes: what is left stands and is valid."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from competitions import write_competition
from processes import start_python, wait_until

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import (
    PatchTried,
    RunEnded,
    RunStarted,
    SolveEnded,
    SolveStarted,
    SubmissionWritten,
)
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

SOLVER = """
import dataclasses, sys
from pathlib import Path
import msgspec
import iiml_codegen.solve as house
from iiml_codegen.agents import expert_agents
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution import solver

FOLDER, CASE, HOW, BUDGET = sys.argv[1:5]
MEMBERS = ("xgboost", "linear")
FITS = {
    "broken": "    raise RuntimeError('this model always fails')\\n",
    "endless": "    while True:\\n        __import__('time').sleep(0.05)\\n",
}

class Guide:
    def __init__(self, expert):
        self.expert = expert

    def plan(self, *asked):
        blueprint, contract = self.expert.plan(*asked)
        members = [blueprint.member(name) for name in MEMBERS]
        if CASE == "endless":
            members.reverse()
        steps = [s for s in blueprint.steps if s.member in (None, *MEMBERS)]
        changes = {"members": tuple(members), "steps": tuple(steps)}
        return msgspec.structs.replace(blueprint, **changes), contract

class PrepCoder:
    def __init__(self, expert):
        self.expert = expert

    def write(self, blueprint):
        text = self.expert.write(blueprint)
        return text.replace('"income"', '"incomme"') if CASE == "misspelt" else text

class ModelCoder:
    def __init__(self, expert):
        self.expert = expert

    def write(self, blueprint, member):
        text = self.expert.write(blueprint, member)
        if member.name != "xgboost" or CASE not in FITS:
            return text
        head, rest = text.split("\\ndef fit(", 1)
        signature, body = rest.split(":\\n", 1)
        return f"{head}\\ndef fit({signature}:\\n{FITS[CASE]}{body}"

real = house.solve

def solve(context):
    expert = expert_agents(context.options, context.worker)
    agents = dataclasses.replace(
        expert,
        guideline_agent=Guide(expert.guideline_agent),
        preprocessing_coder=PrepCoder(expert.preprocessing_coder),
        modeling_coder=ModelCoder(expert.modeling_coder),
    )
    return real(context, agents)

house.solve = solve
if CASE in ("misspelt", "broken"):
    house.tell_worths = lambda *asked: None
options = SolveOptions(
    interpreter=sys.executable, budget=float(BUDGET), folds=2, tracks=("traditional",)
)
solver.read_orders = lambda: solver.Orders(options=options, resumed=HOW == "resumed")
sys.exit(solver.main(Path(FOLDER)))
"""


class Folder:
    """A small competition, and solvers in which one thing is broken."""

    def __init__(self, path: Path) -> None:
        self.answers = write_competition(path, "binary", rows=200).answers
        self.workspace = Workspace(path).create()

    def solver(self, case: str, how: str = "new", budget: float = 120.0) -> subprocess.Popen[str]:
        return start_python(SOLVER, self.workspace.folder, case, how, budget)

    def events(self, *kinds: type[Any], after: type[Any] | None = None) -> list[Any]:
        """The events of some kinds; of the last solve only, with `after=SolveStarted`."""
        journal = Journal(self.workspace.journal)
        start = journal.last(after) if after else None
        entries = journal.read(start.seq if start else 0)
        return [entry.event for entry in entries if isinstance(entry.event, kinds)]

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        wait_until(lambda: self.workspace.journal.exists() and condition(), what)

    def ended(self) -> SolveEnded:
        (event,) = self.events(SolveEnded, after=SolveStarted)
        assert isinstance(event, SolveEnded)
        return event

    def candidates(self) -> dict[str, Candidate]:
        found = Journal(self.workspace.journal).candidates()
        return {candidate.id.partition("-")[2]: candidate for candidate in found}

    def is_answered(self) -> bool:
        """Whether the submission has a probability for each test row."""
        found = pd.read_csv(self.workspace.submission)
        assert found.iloc[:, 0].tolist() == self.answers.iloc[:, 0].tolist()
        return bool(found.iloc[:, 1].between(0, 1).all() and found.iloc[:, 1].nunique() > 5)


def test_a_misspelt_column_is_repaired(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a")
    assert folder.solver("misspelt").wait() == 0
    kept = [patch for patch in folder.events(PatchTried) if patch.kept]
    assert [(patch.module, "incomme" in patch.title) for patch in kept] == [("prep.py", True)]
    assert '"income"' in folder.workspace.prep.read_text("utf-8")
    assert {c.status for c in folder.candidates().values()} == {"scored"}
    assert folder.ended().status == "solved" and folder.is_answered()


def test_a_model_that_always_fails_leaves_the_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "b")
    assert folder.solver("broken").wait() == 0
    found = folder.candidates()
    assert found["xgboost"].status == "failed" and "always fails" in found["xgboost"].note
    assert found["linear"].status == "scored"
    assert not any(patch.kept for patch in folder.events(PatchTried))
    assert folder.ended().status == "solved" and folder.is_answered()
    # Measured on all folds it is still the same pipeline, which need not run twice.
    written = folder.events(SubmissionWritten)
    refits = [e.run for e in folder.events(RunStarted) if e.run.startswith("refit-")]
    assert len(refits) == 1 and [w.score for w in written][-1] == found["linear"].score.value


def test_a_stop_leaves_the_submission_and_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "e")
    solver = folder.solver("endless")
    folder.wait_for(lambda: folder.events(SubmissionWritten), "a submission")
    folder.wait_for(lambda: running(folder, "01-xgboost") or running(folder, "02-xgboost"), "a run")
    solver.send_signal(signal.SIGTERM)
    assert solver.wait() == 0
    assert folder.ended().status == "stopped" and folder.is_answered()
    assert not running(folder, "02-xgboost")


def running(folder: Folder, candidate: str) -> set[str]:
    """Runs of a candidate that have begun and not ended."""
    started = {event.run for event in folder.events(RunStarted) if event.candidate == candidate}
    return started - {event.result.id for event in folder.events(RunEnded)}


def test_a_killed_solve_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "d")
    solver = folder.solver("plain")
    folder.wait_for(lambda: folder.events(SubmissionWritten), "a submission")
    os.kill(solver.pid, signal.SIGKILL)
    solver.wait()
    finished = {e.result.id for e in folder.events(RunEnded) if e.result.ok}
    first = folder.events(SubmissionWritten)[0].score
    assert folder.solver("plain", "resumed").wait() == 0
    again = {event.run for event in folder.events(RunStarted, after=SolveStarted)}
    assert finished and not finished & again
    assert {c.status for n, c in folder.candidates().items() if n in ("xgboost", "linear")} == {
        "scored"
    }
    scores = [event.score for event in folder.events(SubmissionWritten, after=SolveStarted)]
    assert scores[0] == first and folder.is_answered()
    # Resumed once more nothing is left to do but leak tests and steps to leave out that had no
    # time, nothing is done twice, and nothing is replaced by the same again.
    done = {e.result.id for e in folder.events(RunEnded) if e.result.ok}
    stands = folder.workspace.submission.read_bytes()
    assert folder.solver("plain", "resumed").wait() == 0
    begun = folder.events(RunStarted, after=SolveStarted)
    others = [run for run in begun if "-without-" not in (run.candidate or "")]
    assert [run.purpose for run in others if not run.purpose.startswith("leak")] == []
    assert not done & {run.run for run in begun}
    assert len(folder.events(SubmissionWritten, after=SolveStarted)) == 1
    assert folder.workspace.submission.read_bytes() == stands
    assert folder.ended().status == "solved"
