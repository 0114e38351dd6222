"""The solver around a solve: journal, lock, stop, kill and resume, with a small solve in place."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from processes import wait_until
from processes.solving import Folder

from iiml_codegen.domain.events import RunEnded, RunStarted, SolveEnded, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_codegen.execution.lock import FolderLock, Holder, holder
from iiml_codegen.journal import Journal
from iiml_codegen.settings import SettingsError
from iiml_codegen.viewing.solving import resume_orders


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


def test_a_new_solve_stops_what_a_killed_one_left_at_work(folder: Folder) -> None:
    with folder.solver() as killed:
        folder.wait_for_work()
        note = folder.workspace.run("one") / "supervisor.json"
        pid = _pid(note)
        killed.kill()
    with folder.solver("unsupported") as solver:
        assert solver.wait() == 4
    wait_until(lambda: not _running(pid), "the supervisor is gone")


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
