"""The supervisor of one run: `boot.py iiml_codegen.execution.supervisor RUNFOLDER [PID MEMORY]`.

Reads `spec.json`, starts the script under guard in a process group of its own, holds it to its
limits and writes `result.json`, the truth about the run. It outlives whoever started it, unless
that is to be its host: the process with this id, of whose machine the run may use so many bytes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import filelock
import msgspec

from iiml_codegen.domain.run import Confinement, RunResult, RunSpec, RunStatus
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.execution.boot import APART, ISOLATED
from iiml_codegen.execution.environment import clean_environment
from iiml_codegen.execution.lock import holder_of
from iiml_codegen.execution.process_tree import ProcessTree, children_seconds, largest_child
from iiml_codegen.execution.scratch import scratch
from iiml_codegen.execution.signals import stop_on_signals
from iiml_codegen.files import write_atomically

GUARD = Path(__file__).resolve().parent / "guard"
EXIT_BUSY = 75
KILLED = -9
LOOK_SECONDS = 0.1
MOST_LOOKS_FOR_ANSWER = {"timeout": 10, "memory": 3}
"""How often to look whether a script that is about to be killed said where it is."""
MOST_LOG_BYTES = 200 * 2**20
TAIL_BYTES = 8_000
SUSPICIOUS_SHARE = 0.5
"""A script killed from outside with more of its memory in use was probably killed for it."""
ANSWER = b"(most recent call first):"
MOST_ANSWER_BYTES = 2**20
Ending = tuple[RunStatus, str]


class Process(Protocol):
    """What a supervisor needs to know of its script's process; a `Popen` is one."""

    pid: int
    returncode: int | Any

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""

    def wait(self) -> int:
        """Wait for the end; the exit code."""

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""


Start = Callable[[Sequence[str], Path, Mapping[str, str], Path], Process]
"""Starts a command in a folder, with variables, its output going to a log."""


def script_command(spec: RunSpec) -> tuple[str, ...]:
    """The exact command line of the script; unbuffered, so that its log can be followed."""
    limit = () if spec.fit_seconds is None else ("--time-limit", f"{spec.fit_seconds:.0f}")
    return (spec.interpreter, *ISOLATED, "-u", str(GUARD), spec.script, *spec.arguments, *limit)


def started(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """A new process in a group of its own."""
    with log.open("ab") as written:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=APART,
        )


@dataclass(frozen=True)
class Host:
    """A process that a supervisor must not outlive, and the bytes that it leaves for the run.

    Its end is the end of the run, which then leaves no result: somebody else runs it again.
    """

    pid: int = 0
    memory_bytes: int = 0

    def is_gone(self) -> bool:
        """Whether it has ended, so that we are another's child."""
        return self.pid > 0 and os.getppid() != self.pid


def supervise(
    folder: Path, stop: threading.Event, host: Host | None = None, start: Start = started
) -> RunResult:
    """Run what `folder/spec.json` says, until it ends, breaks a limit or `stop` is set."""
    host = host or Host()
    spec = from_json((folder / "spec.json").read_bytes(), RunSpec)
    if host.memory_bytes:
        memory = min(spec.memory_bytes, host.memory_bytes)
        spec = msgspec.structs.replace(spec, memory_bytes=memory)
    begun = time.monotonic()
    (folder / "log.txt").write_bytes(b"")
    with scratch(folder) as places:
        try:
            process = _start(spec, folder, places, start)
        except OSError as error:
            return RunResult(id=spec.id, status="failed", reason=f"cannot start: {error}")
        tree = ProcessTree(process.pid)
        write_atomically(folder / "script.json", to_json(holder_of(process.pid)))
        try:
            ending = _watch(spec, folder, process, tree, stop, host)
        finally:
            tree.kill()
            process.wait()
    return _result(spec, folder, process.returncode, ending, tree, time.monotonic() - begun)


def _start(spec: RunSpec, folder: Path, places: Mapping[str, str], start: Start) -> Process:
    for writable in spec.writable:
        Path(writable).mkdir(parents=True, exist_ok=True)
    settings = {
        "refused": spec.refused_reads,
        "allowed": spec.allowed_reads,
        "writable": [str(folder), *spec.writable],
        "record": str(folder / "forbidden.txt"),
        "confinement": str(folder / "confinement.txt"),
        "supervisor": os.getpid(),
    }
    write_atomically(folder / "guard.json", json.dumps(settings, indent=2).encode())
    settings_file = {"IIML_GUARD": str(folder / "guard.json")}
    environment = clean_environment(spec.threads) | dict(places) | settings_file
    return start(script_command(spec), folder, environment, folder / "log.txt")


def _watch(
    spec: RunSpec,
    folder: Path,
    process: Process,
    tree: ProcessTree,
    stop: threading.Event,
    host: Host,
) -> Ending | None:
    """Why the run must end; None when it ended by itself."""
    deadline = time.monotonic() + spec.wall_seconds
    over = _ending_of(process)
    while not over.wait(LOOK_SECONDS):
        used = tree.measure()
        if host.is_gone():
            sys.exit("the process that this run belongs to is gone")
        if stop.is_set() or (folder / "stop").exists():
            return "stopped", "stopped on request"
        if time.monotonic() > deadline:
            _ask_where(process, folder / "log.txt", MOST_LOOKS_FOR_ANSWER["timeout"])
            return "timeout", f"wall limit of {spec.wall_seconds:.0f} s"
        if used > spec.memory_bytes:
            _ask_where(process, folder / "log.txt", MOST_LOOKS_FOR_ANSWER["memory"])
            return "memory", f"used {_size(used)}, limit {_size(spec.memory_bytes)}"
        if (folder / "log.txt").stat().st_size > MOST_LOG_BYTES:
            return "failed", f"wrote more than {_size(MOST_LOG_BYTES)} of log"
    return None


def _ask_where(process: Process, log: Path, most_looks: int) -> None:
    """Have the script's guard write into the log where it is busy, before it gets killed.

    A busy machine may take a while over it. Code that holds the interpreter's lock hears the
    second question only.
    """
    if sys.platform == "win32":
        return
    for question in (signal.SIGUSR1, signal.SIGUSR2):
        before = log.stat().st_size
        process.send_signal(question)
        for _ in range(most_looks):
            time.sleep(LOOK_SECONDS)
            with log.open("rb") as written:
                written.seek(before)
                answered = ANSWER in written.read(MOST_ANSWER_BYTES)
            if answered or process.poll() is not None:
                time.sleep(LOOK_SECONDS)
                return


def _ending_of(process: Process) -> threading.Event:
    """Set when the process ends: a thread that sleeps costs nothing, `wait(timeout)` polls."""
    over = threading.Event()

    def wait() -> None:
        process.wait()
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    return over


def _result(
    spec: RunSpec,
    folder: Path,
    exit_code: int,
    ending: Ending | None,
    tree: ProcessTree,
    seconds: float,
) -> RunResult:
    forbidden = tuple(_text(folder / "forbidden.txt").splitlines())
    peak = max(tree.peak_bytes, largest_child())
    status, reason = ending or _natural_ending(exit_code, peak / spec.memory_bytes)
    if status in ("ok", "failed") and any(line.startswith("read ") for line in forbidden):
        status, reason = "forbidden", "read what a run must not see"
    return RunResult(
        id=spec.id,
        status=status,
        exit_code=exit_code,
        seconds=round(seconds, 3),
        cpu_seconds=round(children_seconds(), 3),
        peak_bytes=peak,
        forbidden=forbidden,
        reason=reason,
        log_tail=_tail(folder / "log.txt"),
        confinement=_confinement(folder),
    )


def _natural_ending(exit_code: int, memory_share: float) -> Ending:
    """How a script ended by itself; `memory_share` is its peak over its limit."""
    if exit_code == 0:
        return "ok", ""
    if exit_code == KILLED and memory_share > SUSPICIOUS_SHARE:
        return "memory", "killed from outside, as the system does when memory runs out"
    if exit_code == KILLED:
        return "lost", "killed from outside"
    return "failed", _spoken(exit_code)


def _spoken(exit_code: int) -> str:
    """An exit code as a person can look it up: negative for signals, large ones are Windows'."""
    if exit_code < 0:
        names = {one.value: one.name for one in signal.Signals}
        return f"ended by signal {names.get(-exit_code, -exit_code)}"
    return (
        f"ended by the system: 0x{exit_code:08X}" if exit_code > 255 else f"exit code {exit_code}"
    )


def _confinement(folder: Path) -> Confinement:
    known: dict[str, Literal["landlock", "hook"]] = {"landlock": "landlock", "hook": "hook"}
    return known.get(_text(folder / "confinement.txt"), "none")


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""


def _tail(path: Path) -> str:
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return log.read().decode("utf-8", "replace")


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"


def main(folder: Path, host: Host | None = None, start: Start = started) -> int:
    """Supervise the run in `folder`, unless another supervisor does."""
    stop = threading.Event()
    stop_on_signals(stop)
    try:
        with filelock.FileLock(folder / "lock", blocking=False):
            write_atomically(folder / "supervisor.json", to_json(holder_of(os.getpid())))
            write_atomically(folder / "result.json", to_json(supervise(folder, stop, host, start)))
    except filelock.Timeout:
        return EXIT_BUSY
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Host(*map(int, sys.argv[2:]))))
