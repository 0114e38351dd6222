"""The runner: starts supervisors, waits for their results, adopts those that still work."""

from __future__ import annotations

import hashlib
import shutil
import threading
from pathlib import Path
from typing import Protocol

import msgspec

from iiml_codegen.domain.events import Event, RunEnded, RunStarted
from iiml_codegen.domain.run import CHECKPOINTS, RunResult, RunSpec, RunStatus
from iiml_codegen.domain.wire import to_json
from iiml_codegen.execution import boot
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.lock import Holder
from iiml_codegen.execution.process_tree import ProcessTree
from iiml_codegen.execution.supervised import Supervisor, read
from iiml_codegen.execution.supervisor import script_command
from iiml_codegen.files import remove, write_atomically

ATTEMPTS = 2
REUSABLE: tuple[RunStatus, ...] = ("ok", "forbidden")
"""Endings that the same script would reach again; anything else may go better next time."""
VERIFYING = "verify-"
"""How the names of candidates and runs of a check begin; the number of its process follows."""
OWN_FILES = (
    "stop",
    "spec.json",
    "result.json",
    "supervisor.json",
    "script.json",
    "forbidden.txt",
    "confinement.txt",
    "crash.json",
    "log.txt",
)


class Recorder(Protocol):
    """Where the runner tells what happens; the journal is one."""

    def append(self, event: Event) -> int:
        """Keep one event."""


class Waiting(Protocol):
    """A run under way."""

    def wait(self) -> RunResult | None:
        """The result, or None where what worked on it is gone without leaving one."""


class Elsewhere(Protocol):
    """Other machines that take runs."""

    def takes(self, spec: RunSpec) -> bool:
        """Whether a run goes there."""

    def lanes(self) -> int:
        """How many runs of one thread go on there at once, now; 0 where there is nobody."""

    def start(self, spec: RunSpec, folder: Path) -> Waiting:
        """Begin a run whose spec lies in its folder."""


class Runner:
    """Runs scripts, many at a time, one thread each. With `reuse`, finished runs count as done.

    What `elsewhere` takes runs there, and once more where that machine is lost.

    A run belongs to its folder: the same spec again (same script text, whatever its limits) returns
    what is there; a supervisor that still works on it is waited for.
    """

    def __init__(
        self,
        recorder: Recorder | None = None,
        *,
        reuse: bool = True,
        elsewhere: Elsewhere | None = None,
        forks: Forks | None = None,
    ) -> None:
        self._recorder = recorder
        self._forks = forks
        self._elsewhere = elsewhere
        self._reuse = reuse
        self._active: dict[str, Active] = {}
        self._lock = threading.Lock()

    def run(self, spec: RunSpec) -> RunResult:
        """Run a script to its end. If it or its supervisor gets killed, it is run once more."""
        spec = msgspec.structs.replace(spec, script_hash=_hash(Path(spec.script)))
        folder = Path(spec.folder)
        folder.mkdir(parents=True, exist_ok=True)
        finished = self._finished(spec, folder)
        if finished is not None:
            return finished
        active = Active(folder, goes_on=self._reuse and _holds(folder, spec))
        with self._lock:
            self._active[spec.id] = active
        try:
            for _ in range(ATTEMPTS):
                result = self._attempt(spec, active)
                active.goes_on = True
                if result.status != "lost":
                    break
        finally:
            with self._lock:
                del self._active[spec.id]
        return result

    def stop(self, run: str) -> None:
        """Ask one active run to stop; its `run` call returns `stopped`."""
        with self._lock:
            active = self._active.get(run)
        if active is not None:
            active.stop()

    def stop_all(self) -> None:
        """Ask all active runs to stop; runs may be started again afterwards."""
        with self._lock:
            active = list(self._active)
        for run in active:
            self.stop(run)

    def lanes(self) -> int:
        """How many runs other machines take at once, now; 0 where all run here."""
        return self._elsewhere.lanes() if self._elsewhere is not None else 0

    def active(self) -> list[str]:
        """The ids of runs at work, sorted."""
        with self._lock:
            return sorted(self._active)

    def _finished(self, spec: RunSpec, folder: Path) -> RunResult | None:
        result = reusable(folder) if self._reuse else None
        return result if result is not None and _holds(folder, spec) else None

    def _attempt(self, spec: RunSpec, active: Active) -> RunResult:
        folder = active.folder
        supervisor: Waiting = self._adopt(spec, folder) or self._start(spec, active)
        result = supervisor.wait()
        if result is None:
            result = RunResult(id=spec.id, status="lost", reason=_why_lost(folder))
            _end_orphan(folder)
        self._tell(
            RunEnded(result=result, purpose=spec.purpose, candidate=spec.candidate, fold=spec.fold)
        )
        return result

    def _adopt(self, spec: RunSpec, folder: Path) -> Supervisor | None:
        """A supervisor at work on the same spec; one at work on another is stopped first."""
        holder = read(folder / "supervisor.json", Holder)
        if holder is None or not holder.alive() or (folder / "result.json").exists():
            return None
        found = Supervisor(folder, holder)
        if self._reuse and _holds(folder, spec):
            self._tell_start(spec, adopted=True)
            return found
        (folder / "stop").touch()
        found.wait()
        return None

    def _start(self, spec: RunSpec, active: Active) -> Waiting:
        folder = active.folder
        active.clear()
        write_atomically(folder / "spec.json", to_json(spec))
        self._tell_start(spec, adopted=False)
        if self._elsewhere is not None and self._elsewhere.takes(spec):
            return self._elsewhere.start(spec, folder)
        forked = self._forks.start(spec, folder) if self._forks is not None else None
        if forked is not None:
            return Supervisor(folder, forked)
        with (folder / "supervisor.log").open("wb") as log:
            module = "iiml_codegen.execution.supervisor"
            child = boot.start(module, str(folder), cwd=folder, log=log)
        return Supervisor(folder, child)

    def _tell_start(self, spec: RunSpec, *, adopted: bool) -> None:
        self._tell(
            RunStarted(
                run=spec.id,
                purpose=spec.purpose,
                folder=spec.folder,
                command=script_command(spec),
                candidate=spec.candidate,
                fold=spec.fold,
                adopted=adopted,
            )
        )

    def _tell(self, event: Event) -> None:
        if self._recorder is not None:
            self._recorder.append(event)


class Active:
    """A run that a thread waits for, and whether it was asked to stop.

    One that `goes_on` finds the checkpoints of the same run, which was cut off before.
    """

    def __init__(self, folder: Path, *, goes_on: bool) -> None:
        self.folder = folder
        self.goes_on = goes_on
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask the supervisor to stop, also one that is just about to start."""
        self._stopping.set()
        (self.folder / "stop").touch()

    def clear(self) -> None:
        """Remove what an earlier run left, but not a request to stop this one.

        Checkpoints of another run may have learned from other rows: from labels withheld here.
        """
        for name in OWN_FILES:
            remove(self.folder / name)
        checkpoints = self.folder / CHECKPOINTS
        if not self.goes_on and checkpoints.exists():
            shutil.rmtree(checkpoints)
        if self._stopping.is_set():
            self.stop()


def reusable(folder: Path) -> RunResult | None:
    """What the run of a folder gave, where running it again would come to the same."""
    result = read(folder / "result.json", RunResult)
    return result if result is not None and result.status in REUSABLE else None


def stop_leftovers(runs: Path) -> None:
    """Ask supervisors that a killed solver left at work to stop; nobody waits for their results."""
    for folder, _ in at_work(runs):
        (folder / "stop").touch()


def at_work(runs: Path) -> list[tuple[Path, Holder]]:
    """Run folders whose supervisors work on them, with those supervisors.

    The runs of checks that go on beside a solver are none of its, and are left out.
    """
    found = []
    for note in sorted(runs.glob("*/supervisor.json")):
        holder = None if note.parent.name.startswith(VERIFYING) else read(note, Holder)
        if holder is not None and holder.alive() and not note.with_name("result.json").exists():
            found.append((note.parent, holder))
    return found


def _holds(folder: Path, wanted: RunSpec) -> bool:
    """Whether a folder's run is the wanted one; limits that it kept, or keeps, do not matter."""
    found = read(folder / "spec.json", RunSpec)
    if found is None:
        return False
    return (
        msgspec.structs.replace(
            found,
            wall_seconds=wanted.wall_seconds,
            memory_bytes=wanted.memory_bytes,
            fit_seconds=wanted.fit_seconds,
        )
        == wanted
    )


def _end_orphan(folder: Path) -> None:
    """End a script that outlived its supervisor; on Linux the kernel did so already."""
    script = read(folder / "script.json", Holder)
    if script is not None and script.alive():
        ProcessTree(script.pid).kill()


def _why_lost(folder: Path) -> str:
    """What a supervisor said last; one that was killed says nothing."""
    log = folder / "supervisor.log"
    said = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    return f"its supervisor ended: {said[-1]}" if said else "its supervisor was killed"


def _hash(script: Path) -> str:
    return hashlib.sha256(script.read_bytes()).hexdigest() if script.exists() else ""
