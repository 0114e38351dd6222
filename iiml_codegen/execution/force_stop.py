"""Ends a solver that does not end when it is asked to, with everything that it started."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from iiml_codegen.execution.lock import Holder, holds
from iiml_codegen.execution.process_tree import ProcessTree
from iiml_codegen.execution.runner import at_work, stop_leftovers
from iiml_codegen.execution.supervised import read
from iiml_codegen.workspace import Workspace

PATIENCE = 2.0
"""Seconds in which a solver and its supervisors may still clear up."""
DEATH_SECONDS = 5.0
"""How long the system may take to end what was killed."""
LOOK_SECONDS = 0.05


def force_stop(workspace: Workspace, solver: Holder) -> bool:
    """End the solver of a folder and its runs at once; whether it is gone.

    Nothing is done, and the answer is False, unless that very process of this machine works on the
    folder now: its note, its start time and the lock that the system keeps all have to say so. What
    was written stays. Runs of checks are not the solver's; they go on.
    """
    if not holds(workspace.lock, solver):
        return False
    tree = ProcessTree(solver.pid)
    stop_leftovers(workspace.runs)
    if sys.platform != "win32":  # there nobody can ask, only kill
        with suppress(ProcessLookupError, PermissionError):
            os.kill(solver.pid, signal.SIGTERM)
    _wait(PATIENCE, lambda: not solver.alive() and not at_work(workspace.runs))
    if solver.alive():
        tree.kill()
    for folder, supervisor in at_work(workspace.runs):
        end_run(folder, supervisor)
    return _wait(DEATH_SECONDS, lambda: not solver.alive())


def end_run(folder: Path, supervisor: Holder) -> None:
    """End a run at once: its supervisor, and the script where that outlives it."""
    ProcessTree(supervisor.pid).kill()
    script = read(folder / "script.json", Holder)
    if script is not None and script.alive():
        ProcessTree(script.pid).kill()


def _wait(seconds: float, condition: Callable[[], bool]) -> bool:
    """Wait for a condition; whether it came to hold."""
    deadline = time.monotonic() + seconds
    while not (holds_now := condition()) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return holds_now
