"""The solver around a solve: journal, lock, stop, kill and resume, with a small solve in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import script, start_python, wait_until

from iiml_codegen.domain.events import RunEnded, RunStarted, SolveEnded, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_codegen.execution.lock import FolderLock, Holder, holder
from iiml_codegen.journal import Journal
from iiml_codegen.settings import SettingsError
from iiml_codegen.viewing.solving import resume_orders
from iiml_codegen.workspace import Workspace

SOLVER = """
import sys, threading, types
from pathlib import Path
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.execution import solver
from iiml_codegen.execution.context import SolveResult

FOLDER, SCRIPT, RESUMED, BUDGET = sys.argv[1:5]

def solve(context):
    if SCRIPT == "unsupported":
        raise UnsupportedTaskError("no recipe for music", hint="wait a year")
    if SCRIPT == "bug":
        raise ZeroDivisionError("a bug")
    folder = str(context.workspace.run("one"))
    spec = RunSpec(id="one", script=SCRIPT, folder=folder, purpose="fold",
                   interpreter=str(context.interpreter))
    result = context.runner.run(spec)
    return SolveResult(status="stopped" if context.stop.is_set() else "solved",
                       message=result.status)

sys.modules["iiml_codegen.solve"] = types.SimpleNamespace(solve=solve)
options = SolveOptions(interpreter=sys.executable, budget=float(BUDGET))
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

    def __init__(self, path: Path) -> None:
        self.workspace = Workspace(path).create()
        self.script = script(path / "script.py", WAITING)

    def solver(self, what: object = "", how: str = "new", budget: float = 600.0) -> Any:
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


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_solve_is_told_from_start_to_end(folder: Folder) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        folder.go()
        assert solver.wait() == 0
    (started,) = folder.events(SolveStarted)
    assert (started.pid, started.resumed) == (solver.pid, False)
    assert (folder.ended().status, folder.ended().message) == ("solved", "ok")
    assert folder.workspace.report.exists()


def test_a_second_solver_leaves_the_folder_alone(folder: Folder) -> None:
    with folder.solver() as first:
        folder.wait_for_work()
        with folder.solver() as second:
            assert second.wait() == 6
        folder.go()
        assert first.wait() == 0
    assert [event.pid for event in folder.events(SolveStarted)] == [first.pid]


@pytest.mark.parametrize("how", ["request", "signal"])
def test_a_wish_to_stop_ends_runs_and_is_told(folder: Folder, how: str) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        if how == "request":
            Inbox(folder.workspace.inbox).send(StopRequest(solver=solver.pid))
        else:
            solver.terminate()
        assert solver.wait() == 0
    assert (folder.ended().status, folder.ended().message) == ("stopped", "stopped")


def test_a_request_to_stop_an_earlier_solver_does_not_stop_this_one(folder: Folder) -> None:
    inbox = Inbox(folder.workspace.inbox)
    inbox.send(StopRequest(solver=1))
    with folder.solver() as solver:
        folder.wait_for_work()
        wait_until(lambda: not list(folder.workspace.inbox.iterdir()), "the request is taken")
        folder.go()
        assert solver.wait() == 0
    assert folder.ended().status == "solved"


def test_a_solve_far_beyond_its_budget_is_stopped(folder: Folder) -> None:
    with folder.solver(budget=0.1) as solver:
        assert solver.wait() == 0
    assert folder.ended().status == "stopped"


def test_expected_trouble_is_told_with_hint_and_exit_code(folder: Folder) -> None:
    with folder.solver("unsupported") as solver:
        assert solver.wait() == 4
    ended = folder.ended()
    assert (ended.status, ended.message, ended.hint) == (
        "failed",
        "no recipe for music",
        "wait a year",
    )
    assert (ended.code, ended.exit_code) == ("IIML902", 4)


def test_a_bug_is_told_too(folder: Folder) -> None:
    with folder.solver("bug") as solver:
        assert solver.wait() == 1
    assert folder.ended().status == "bug"
    assert "ZeroDivisionError: a bug" in folder.ended().message


def test_after_a_kill_the_lock_is_free_and_a_resumed_solve_adopts_the_run(folder: Folder) -> None:
    with folder.solver() as killed:
        folder.wait_for_work()
        killed.kill()
    assert holder(folder.workspace.lock) is None
    with FolderLock(folder.workspace.lock):
        pass
    with folder.solver(how="resumed") as solver:
        wait_until(lambda: len(folder.events(RunStarted)) == 2, "the run is adopted")
        folder.go()
        assert solver.wait() == 0
    first, second = folder.events(RunStarted)
    assert (first.adopted, second.adopted) == (False, True)
    assert [event.result.status for event in folder.events(RunEnded)] == ["ok"]


def test_killing_the_solver_then_its_supervisor_leaves_nothing_running(folder: Folder) -> None:
    with folder.solver() as solver:
        folder.wait_for_work()
        notes = [folder.workspace.run("one") / f"{n}.json" for n in ("supervisor", "script")]
        wait_until(lambda: all(note.exists() for note in notes), "both are noted")
        pids = [_pid(note) for note in notes]
        solver.kill()
    psutil.Process(pids[0]).kill()
    wait_until(lambda: not any(_running(pid) for pid in pids), "both are gone")


def test_resuming_keeps_the_options_and_takes_what_time_was_left(folder: Folder) -> None:
    journal = Journal(folder.workspace.journal)
    options = SolveOptions(budget=1000.0, seed=7)
    journal.append(SolveStarted(options=options, pid=1, started=0.0))
    orders = resume_orders(folder.workspace, None)
    assert orders.resumed
    assert orders.options.seed == 7
    assert 900 < orders.options.budget <= 1000
    assert resume_orders(folder.workspace, 30.0).options.budget == 30.0


def test_there_is_nothing_to_resume_without_a_solve(folder: Folder) -> None:
    with pytest.raises(SettingsError, match="nothing to resume"):
        resume_orders(folder.workspace, None)
    Journal(folder.workspace.journal).close()
    with pytest.raises(SettingsError, match="nothing to resume"):
        resume_orders(folder.workspace, None)


def test_a_solve_that_came_to_its_end_needs_a_budget_to_go_on(folder: Folder) -> None:
    journal = Journal(folder.workspace.journal)
    journal.append(SolveStarted(options=SolveOptions(), pid=1, started=0.0))
    journal.append(SolveEnded(status="solved", seconds=5.0))
    with pytest.raises(SettingsError, match="came to its end"):
        resume_orders(folder.workspace, None)
    assert resume_orders(folder.workspace, 30.0).resumed


def _pid(note: Path) -> int:
    from iiml_codegen.domain.wire import from_json

    return from_json(note.read_bytes(), Holder).pid


def _running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
