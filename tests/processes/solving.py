"""A solver with a small solve in place: it runs one script, and says what came of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from iiml_codegen.domain.events import SolveEnded
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace
from processes import script, start_python, wait_until

SOLVER = """
import sys, threading, types
from pathlib import Path
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import CandidateUpdated, SubmissionWritten
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.execution import solver
from iiml_codegen.execution.context import SolveResult

SCORE = Score(value=0.5, standard_error=0.01, folds=(0.4, 0.6), rows=10)
CANDIDATE = Candidate(id="01-a", track="traditional", members=("a",), status="scored", score=SCORE)
FOLDER, SCRIPT, RESUMED, BUDGET = sys.argv[1:5]

def solve(context):
    if SCRIPT == "unsupported":
        raise UnsupportedTaskError("no recipe for music", hint="wait a year")
    if SCRIPT == "bug":
        raise ZeroDivisionError("a bug")
    context.journal.append(CandidateUpdated(candidate=CANDIDATE))
    if SCRIPT.endswith("scored.py"):
        written = SubmissionWritten(path="submission.csv", candidate="01-a", score=0.5)
        context.journal.append(written)
    folder = str(context.workspace.run("one"))
    spec = RunSpec(id="one", script=SCRIPT, folder=folder, purpose="fold",
                   interpreter=str(context.interpreter))
    result = context.runner.run(spec)
    return SolveResult(status="stopped" if context.stop.is_set() else "solved",
                       message=result.status)

sys.modules["iiml_codegen.solve"] = types.SimpleNamespace(solve=solve)
options = SolveOptions(interpreter=sys.executable, budget=float(BUDGET), tracks=("traditional",))
solver.read_orders = lambda: solver.Orders(options=options, resumed=RESUMED == "resumed")
sys.exit(solver.main(Path(FOLDER)))
"""
WAITING = """
import pathlib, time
print("working", flush=True)
while not pathlib.Path("go").exists():
    time.sleep(0.02)
"""


class Folder:
    """A competition folder and solvers that work on it."""

    def __init__(self, path: Path, script_name: str = "script") -> None:
        self.workspace = Workspace(path).create()
        self.script = script(path / f"{script_name}.py", WAITING)

    def solver(
        self, what: object = "", how: str = "new", budget: float = 600.0
    ) -> subprocess.Popen[str]:
        return start_python(SOLVER, self.workspace.folder, what or self.script, how, budget)

    def events(self, kind: type[Any]) -> list[Any]:
        entries = Journal(self.workspace.journal).read()
        return [entry.event for entry in entries if isinstance(entry.event, kind)]

    def wait_for_work(self) -> None:
        log = self.workspace.run("one") / "log.txt"
        wait_until(lambda: log.exists() and "working" in log.read_text("utf-8"), "a run works")

    def go(self) -> None:
        (self.workspace.run("one") / "go").touch()

    def ended(self) -> SolveEnded:
        (event,) = self.events(SolveEnded)
        assert isinstance(event, SolveEnded)
        return event
