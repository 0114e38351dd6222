"""The commands `solve` and `resume`: start a solver unless one is at work, and view it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import msgspec
from rich.console import Console

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import Entry, SolveStarted
from iiml_codegen.errors import EnvironmentProblem, FolderBusyError, WorkerError
from iiml_codegen.execution.environment import find_interpreter
from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_codegen.execution.lock import Holder, holder
from iiml_codegen.execution.solver import Orders, start_solver
from iiml_codegen.journal import Journal
from iiml_codegen.settings import SettingsError, solve_options
from iiml_codegen.viewing.attached import AttachedViewer
from iiml_codegen.viewing.console import command_line, print_json
from iiml_codegen.viewing.follow import Follower, Outcome, Viewer
from iiml_codegen.viewing.plain import PlainViewer, asked_lines
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.viewing.summary import exit_code, summary
from iiml_codegen.viewing.terminal import TerminalViewer, leaderboard
from iiml_codegen.workspace import Workspace

Look = Literal["lines", "attached", "json", "json-lines"]
"""For people, or for programs: one JSON object, or one on each line where several may come."""
FOR_PROGRAMS = ("json", "json-lines")
SHORTEST_RESUME = 60.0


@dataclass(frozen=True)
class Solver:
    """A solver at work: its process id, the journal's number before its solve, whether it lives."""

    pid: int
    after: int
    alive: Callable[[], bool]
    child: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True)
class Shown:
    """How a solve ended that was shown: the command's exit code, and why following stopped."""

    code: int
    outcome: Outcome


def solve_command(workspace: Workspace, orders: Orders, look: Look) -> int:
    """Solve a folder and show it; returns the exit code. Raises `IimlError`."""
    return show_solve(workspace, orders, look).code


def show_solve(workspace: Workspace, orders: Orders, look: Look) -> Shown:
    """Solve a folder and show it. Raises `IimlError`."""
    began = time.monotonic()
    workspace.create()
    journal = Journal(workspace.journal)
    with closing(_viewer(look)) as viewer:
        solver = _find_or_start(workspace, orders, journal, viewer)
        if look == "attached":
            computing = find_interpreter(orders.options.interpreter)
            viewer.say(f"Interpreter {computing}")
        view, outcome = _follow(workspace, solver, journal, viewer)
    _conclude(workspace, view, outcome, look, time.monotonic() - began)
    return Shown(exit_code(view, outcome), outcome)


def attach_command(workspace: Workspace) -> int:
    """Follow the solver at work as if its scripts ran here, and never start one."""
    began = time.monotonic()
    found = holder(workspace.lock)
    if found is None:
        print(f"No solver is at work in {workspace.work}.")
        return 0
    journal = Journal(workspace.journal)
    solver = Solver(found.pid, _start_of(journal, found), lambda: _at_work(workspace, found))
    with closing(_viewer("attached")) as viewer:
        view, outcome = _follow(workspace, solver, journal, viewer)
    _conclude(workspace, view, outcome, "attached", time.monotonic() - began)
    return exit_code(view, outcome)


def _follow(
    workspace: Workspace, solver: Solver, journal: Journal, viewer: Viewer
) -> tuple[SolveView, Outcome]:
    """Show a solve until it ends or we leave it. Raises `IimlError` where it never began."""
    follower = Follower(
        journal,
        viewer,
        solver.pid,
        alive=solver.alive,
        ask_to_stop=lambda: Inbox(workspace.inbox).send(StopRequest(solver=solver.pid)),
    )
    outcome = follower.follow(solver.after)
    _check_end(workspace, solver, outcome)
    _check_start(workspace, solver, follower.view)
    return follower.view, outcome


def resume_orders(workspace: Workspace, budget: float | None) -> Orders:
    """Orders to go on where the last solve of a folder was; its own options, what time was left.

    Raises `SettingsError` where there is nothing to resume.
    """
    if not workspace.journal.exists():
        raise SettingsError(f"nothing to resume in {workspace.work}", hint="use `iiml solve`")
    entries = _last_solve(workspace)
    start = entries[0] if entries else None
    if start is None or not isinstance(start.event, SolveStarted):
        raise SettingsError(f"nothing to resume in {workspace.work}", hint="use `iiml solve`")
    view = SolveView()
    for entry in entries:
        view.apply(entry)
    if view.ended is not None and view.ended.status == "solved" and budget is None:
        raise SettingsError("the last solve came to its end", hint="add --budget to go on")
    left = start.event.options.budget - (entries[-1].at - start.at)
    options = msgspec.structs.replace(
        start.event.options, budget=budget or max(SHORTEST_RESUME, left)
    )
    return Orders(options=options, resumed=True, track=start.event.track)


def track_orders(
    workspace: Workspace, track: Track, budget: float | None, interpreter: str | None
) -> Orders:
    """Orders to run one track, with the options of the last solve: scores can be compared then.

    Raises `SettingsError` for a wrong line in `iiml.toml`.
    """
    entries = _last_solve(workspace)
    start = entries[0].event if entries else None
    if isinstance(start, SolveStarted):
        options = start.options
    else:
        options = solve_options(workspace.folder, {})
    options = msgspec.structs.replace(
        options,
        budget=budget or options.budget,
        interpreter=interpreter or options.interpreter,
    )
    return Orders(options=options, track=track)


def _last_solve(workspace: Workspace) -> list[Entry]:
    """The journal from the start of the last solve on; empty where there was none."""
    if not workspace.journal.exists():
        return []
    journal = Journal(workspace.journal)
    try:
        start = journal.last(SolveStarted)
        return journal.read(start.seq - 1) if start else []
    finally:
        journal.close()


def _find_or_start(
    workspace: Workspace, orders: Orders, journal: Journal, viewer: Viewer
) -> Solver:
    found = holder(workspace.lock)
    if found is None:
        after = journal.last_seq()
        child = start_solver(workspace, orders)
        return Solver(child.pid, after, lambda: child.poll() is None, child)
    if orders.resumed:
        raise FolderBusyError(
            f"a solver is at work here (process {found.pid} on {found.host})",
            hint="`iiml solve` follows it",
        )
    if orders.track is not None and _track_of(journal, found) != orders.track:
        raise FolderBusyError(
            f"a solver is at work here (process {found.pid} on {found.host})",
            hint="`iiml solve` follows it; run the track when it has ended",
        )
    viewer.say(f"A solver is at work here already (process {found.pid}); following it.")
    return Solver(found.pid, _start_of(journal, found), lambda: _at_work(workspace, found))


def _start_of(journal: Journal, found: Holder) -> int:
    """The journal's number just before the solve of a process; the end if it has not begun."""
    start = journal.last(SolveStarted)
    if start is None or not isinstance(start.event, SolveStarted) or start.event.pid != found.pid:
        return journal.last_seq()
    return start.seq - 1


def _track_of(journal: Journal, found: Holder) -> Track | None:
    """The track that a process runs; None for a solve."""
    start = journal.last(SolveStarted)
    if start is None or not isinstance(start.event, SolveStarted):
        return None
    return start.event.track if start.event.pid == found.pid else None


def _at_work(workspace: Workspace, found: Holder) -> bool:
    alive = found.alive()
    return holder(workspace.lock) == found if alive is None else alive


def _check_start(workspace: Workspace, solver: Solver, view: SolveView) -> None:
    """A solver that never began says why with its exit code and in its log."""
    if view.started is not None or solver.child is None:
        return
    if solver.child.poll() == FolderBusyError.exit_code:
        raise FolderBusyError("another solver took this folder", hint="`iiml solve` follows it")
    raise WorkerError("the solver did not start", hint=f"see {workspace.solver_log}")


def _check_end(workspace: Workspace, solver: Solver, outcome: Outcome) -> None:
    """A solver that could not even write its journal says why with its exit code and in its log."""
    code = solver.child.poll() if solver.child else None
    if outcome is not Outcome.LOST or code != EnvironmentProblem.exit_code:
        return
    *_, said = workspace.solver_log.read_text("utf-8", "replace").splitlines() or [""]
    raise EnvironmentProblem(
        f"the solver had to end: {said.partition('__main__: ')[2] or said}",
        hint=f"once that is mended, `{_resume(workspace)}` goes on",
    )


def _viewer(look: Look) -> Viewer:
    if look == "attached":
        return AttachedViewer(sys.stdout)
    if look in FOR_PROGRAMS:
        return PlainViewer(sys.stderr)
    console = Console()
    return TerminalViewer(console) if console.is_terminal else PlainViewer(sys.stdout)


def _conclude(
    workspace: Workspace, view: SolveView, outcome: Outcome, look: Look, seconds: float
) -> None:
    if look in FOR_PROGRAMS:
        answer = summary(view, outcome, seconds, workspace.work)
        print_json(answer, one_line=look == "json-lines")
        return
    if view.candidates:
        Console().print(leaderboard(view))
    for text in asked_lines(view):
        print(text)
    if outcome is Outcome.LOST:
        print(f"The solver was killed; `{_resume(workspace)}` goes on.")
        print(f"What it said last is in {workspace.solver_log}.")
    if view.submission is not None:
        print(f"Submission: {workspace.work / view.submission.path}")
    if workspace.report.exists():
        print(f"Report: {workspace.report}")


def _resume(workspace: Workspace) -> str:
    """The command that goes on with a solve."""
    work = () if workspace.work == workspace.folder else ("--work", str(workspace.work))
    return command_line(("iiml", "resume", str(workspace.folder), *work))
