"""The solver: `python -I boot.py iiml_codegen.execution.solver FOLDER WORK`, options on stdin.

It alone holds the folder's lock, runs `solve` and writes the journal. It is detached: windows and
terminals come and go, and what they want reaches it as requests in the inbox or as SIGTERM.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iiml_codegen import __version__
from iiml_codegen.backbones.keys import take_keys
from iiml_codegen.backbones.setup import Asking
from iiml_codegen.budget import Budget
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import EditorQuestion, Note, SolveEnded, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import Frozen, from_json
from iiml_codegen.errors import IimlError
from iiml_codegen.execution import boot
from iiml_codegen.execution.accelerator import claim, usable_accelerator
from iiml_codegen.execution.context import SolveContext, SolveResult
from iiml_codegen.execution.environment import cores, find_interpreter
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.inbox import Inbox, ModelAnswer, StopRequest, UnreadableRequest
from iiml_codegen.execution.lock import FolderLock, holder_of
from iiml_codegen.execution.runner import Runner, stop_leftovers
from iiml_codegen.execution.signals import stop_on_signals
from iiml_codegen.execution.trouble import explained
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

if TYPE_CHECKING:
    from iiml_codegen.backbones.editor import EditorQuestions
    from iiml_codegen.execution.ray_executor import RayExecutor

LOOK_SECONDS = 0.2
GRACE = 0.05
"""A solve that overruns its budget by this share (at least 3 s) is stopped from outside."""
EXIT_BUG = 1


class Orders(Frozen):
    """What a solver is started with. It comes over stdin, where no process list shows it.

    With `track` it runs only that track, with the modules as they stand in `iiml/`. `asking` holds
    keys: it is never written anywhere. In `checkpoint_folders` the user keeps pretrained weights.
    """

    options: SolveOptions
    resumed: bool = False
    track: Track | None = None
    asking: Asking | None = None
    checkpoint_folders: tuple[str, ...] = ()


def start_solver(workspace: Workspace, orders: Orders) -> subprocess.Popen[bytes]:
    """Start a solver that outlives us; its journal tells the rest."""
    workspace.create()
    with workspace.solver_log.open("ab") as log:
        module, folders = "iiml_codegen.execution.solver", (workspace.folder, workspace.work)
        process = boot.start(
            module, *map(str, folders), cwd=workspace.home, log=log, stdin=subprocess.PIPE
        )
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(msgspec.json.encode(orders))
    return process


class Watch:
    """Looks after a solve from a thread of its own: requests, signals, the end of the budget."""

    def __init__(self, context: SolveContext, editor: EditorQuestions | None = None) -> None:
        self._context = context
        self._editor = editor
        self._inbox = Inbox(context.workspace.inbox)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        context = self._context
        grace = max(3.0, GRACE * context.budget.total)
        while not self._over.wait(LOOK_SECONDS):
            self._take_requests()
            if context.budget.used() > context.budget.total + grace:
                context.stop.set()
            if context.stop.is_set():
                context.runner.stop_all()
                context.worker.close()

    def _take_requests(self) -> None:
        for request in self._inbox.take():
            if isinstance(request, StopRequest):
                if request.solver == os.getpid():
                    self._context.stop.set()
            elif isinstance(request, UnreadableRequest):
                self._note(f"{request.name} in the inbox is no request: {request.why}")
            elif isinstance(request, ModelAnswer) and self._editor is not None:
                self._editor.deliver(request)
            else:
                self._note(f"a running solve does not answer {type(request).__name__}")

    def _note(self, text: str) -> None:
        self._context.journal.append(Note(level="warning", text=text))


def run_solve(workspace: Workspace, orders: Orders, stop: threading.Event) -> int:
    """Solve while holding the lock; the journal tells how it ended. Raises `FolderBusyError`."""
    with FolderLock(workspace.lock):
        journal = Journal(workspace.journal)
        started = time.monotonic()
        try:
            journal.append(_started(orders))
            if not orders.resumed:
                stop_leftovers(workspace.runs)
            ended = _outcome(workspace, orders, journal, stop)
            ended = msgspec.structs.replace(ended, seconds=round(time.monotonic() - started, 3))
            journal.append(ended)
            _write_report(workspace)
            learn_from(workspace, orders, journal, ended)
        finally:
            journal.close()
    return ended.exit_code


def _started(orders: Orders) -> SolveStarted:
    return SolveStarted(
        options=orders.options,
        pid=os.getpid(),
        started=holder_of(os.getpid()).started,
        resumed=orders.resumed,
        version=__version__,
        track=orders.track,
    )


def _outcome(
    workspace: Workspace, orders: Orders, journal: Journal, stop: threading.Event
) -> SolveEnded:
    """Solve, and say how it ended; the process boundary, where bugs are caught and logged."""
    try:
        result = _solve(workspace, orders, journal, stop)
    except (IimlError, OSError) as error:
        known = explained(error, workspace)
        if known is not None:
            logging.getLogger(__name__).exception("the solve failed")
            return _failed(known)
        return _bug(error, workspace)
    except Exception as error:  # noqa: BLE001  (the process boundary; `_bug` logs it)
        return _bug(error, workspace)
    return SolveEnded(status=result.status, seconds=0.0, message=result.message)


def _failed(error: IimlError) -> SolveEnded:
    return SolveEnded(
        status="failed",
        seconds=0.0,
        message=Exception.__str__(error),
        hint=error.hint,
        code=error.code,
        exit_code=error.exit_code,
    )


def _bug(error: Exception, workspace: Workspace) -> SolveEnded:
    logging.getLogger(__name__).exception("a bug ended the solve")
    message = f"{type(error).__name__}: {error}"
    hint = f"this is a bug of iiML; the traceback is in {workspace.solver_log}"
    return SolveEnded(status="bug", seconds=0.0, message=message, hint=hint, exit_code=EXIT_BUG)


def _solve(
    workspace: Workspace, orders: Orders, journal: Journal, stop: threading.Event
) -> SolveResult:
    budget = Budget(orders.options.budget)
    interpreter = find_interpreter(orders.options.interpreter)
    accelerator = usable_accelerator(interpreter)
    claim(accelerator)
    journal.append(Note(level="information", text=f"Computes on {accelerator}"))
    threads = cores(orders.options.cores)
    worker = WorkerClient(interpreter, workspace.worker_log, threads=threads)
    cluster = _cluster(workspace, orders.options, interpreter, journal)
    context = SolveContext(
        workspace=workspace,
        options=orders.options,
        journal=journal,
        runner=Runner(journal, reuse=orders.resumed, elsewhere=cluster, forks=Forks()),
        worker=worker,
        budget=budget,
        stop=stop,
        interpreter=interpreter,
        resumed=orders.resumed,
        checkpoint_folders=tuple(map(Path, orders.checkpoint_folders)),
        card_bytes=accelerator.room,
    )
    try:
        context, editor = _with_models(context, orders)
        with Watch(context, editor):
            return _work(context, orders)
    finally:
        context.runner.stop_all()
        worker.close()
        if cluster is not None:
            cluster.close()


def _cluster(
    workspace: Workspace, options: SolveOptions, interpreter: Path, journal: Journal
) -> RayExecutor | None:
    """The cluster that runs go to, if one is asked for; raises `EnvironmentProblem`."""
    if options.executor == "local":
        return None
    from iiml_codegen.execution.ray_executor import RayExecutor

    def note(text: str) -> None:
        journal.append(Note(level="information", text=text))

    return RayExecutor(
        options.executor,
        interpreter=interpreter,
        cores=cores(options.cores),
        folders=(workspace.generated, workspace.cache_dir()),
        log=workspace.home / "ray.log",
        note=note,
    )


def _with_models(
    context: SolveContext, orders: Orders
) -> tuple[SolveContext, EditorQuestions | None]:
    """The context with whom it may ask; a solve of the expert's loads nothing for that."""
    if orders.asking is None:
        return context, None
    from iiml_codegen.backbones.editor import EditorQuestions
    from iiml_codegen.backbones.solve_asker import solve_asker, solve_search

    journal = context.journal
    editor = EditorQuestions(context.workspace.home, lambda question: _announce(journal, question))
    asker = solve_asker(
        context.options,
        orders.asking,
        journal=journal,
        budget=context.budget,
        stopped=context.stop.is_set,
        editor=editor,
    )
    new = dataclasses.replace(
        context,
        asker=asker,
        web=solve_search(orders.asking, journal),
        hub_token=orders.asking.keys.get("HF_TOKEN", ""),
    )
    return new, editor


def _announce(journal: Journal, question: EditorQuestion) -> None:
    journal.append(question)


def _work(context: SolveContext, orders: Orders) -> SolveResult:
    """The kind of work that is asked for; its weight comes after the journal says it started."""
    if orders.track is not None:
        from iiml_codegen.track import run_track

        return run_track(context, orders.track)
    from iiml_codegen.solve import solve

    return solve(context)


def _write_report(workspace: Workspace) -> None:
    """The page about this solve; written last, because it tells how the solve ended."""
    from iiml_codegen.report import write_report

    try:
        write_report(workspace)
    except Exception:
        logging.getLogger(__name__).exception("the report was not written")


def learn_from(workspace: Workspace, orders: Orders, journal: Journal, ended: SolveEnded) -> None:
    """Keep what a whole, plain solve taught, unless the user does not want it."""
    options = orders.options
    if options.learn and not options.without and orders.track is None and ended.status == "solved":
        from iiml_codegen.planning.lessons import learn_quietly

        learn_quietly(workspace, journal)


def read_orders() -> Orders:
    """The orders that `start_solver` writes."""
    return from_json(sys.stdin.buffer.read(), Orders)


def main(folder: Path, work: Path | None = None) -> int:
    """Take orders from stdin and solve the folder, with outputs in `work`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    take_keys()
    orders = read_orders()
    stop = threading.Event()
    stop_on_signals(stop)
    try:
        return run_solve(Workspace(folder, work).create(), orders, stop)
    except IimlError as error:
        logging.getLogger(__name__).error("%s", error)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
