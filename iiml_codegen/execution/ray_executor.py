"""Runs on a Ray cluster, as the runner sees them: started like those here, and waited for.

The solver speaks to a driver (`ray_driver.py`), which speaks to Ray. Runs that only read what
their spec lists go to the cluster; what reads the competition itself, the final refit, stays here.
A cluster that goes costs its runs: the runner starts each once more, on another node or here.
"""

from __future__ import annotations

import os
import queue
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from iiml_codegen import __version__
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution import boot
from iiml_codegen.execution.environment import NUMERIC, PASSED_ON
from iiml_codegen.execution.lock import Holder
from iiml_codegen.execution.process_tree import ProcessTree
from iiml_codegen.execution.ray_messages import (
    Begin,
    Ended,
    FromDriver,
    Lanes,
    Refused,
    Start,
    Stop,
    encode,
    from_driver,
)
from iiml_codegen.execution.supervised import read
from iiml_codegen.files import remove, write_atomically

LOOK_SECONDS = 0.1
JOIN_SECONDS = 90.0
LEAVE_SECONDS = 10.0
LOST_SECONDS = 10.0
HOME = ("HOME", "USER", "LOGNAME", "TMPDIR", "TMP", "TEMP")
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONWARNINGS": "ignore"}
ENGINE = Path(__file__).resolve().parents[2]


class RayExecutor:
    """A cluster to run on. `folders` are ours: a node that sees them all needs no files sent.

    Raises `EnvironmentProblem` where the cluster cannot be joined. `note` is told what a person
    should know: how large the cluster is, which nodes do not serve, and its end.
    """

    def __init__(
        self,
        address: str,
        interpreter: Path,
        cores: int,
        folders: Iterable[Path],
        log: Path,
        note: Callable[[str], None],
    ) -> None:
        self.address = address
        self._note = note
        self._lock = threading.Lock()
        self._runs: dict[int, RayRun] = {}
        self._number = 0
        self._lanes = Lanes(0, 0)
        self._gone = False
        self._first: queue.Queue[FromDriver | None] = queue.Queue()
        self._token = secrets.token_hex(16)
        self._tokens = [folder / f".ray-{self._token[:8]}" for folder in folders]
        for token in self._tokens:
            write_atomically(token, self._token.encode())
        self._process = self._start_driver(log)
        try:
            self._say(self._beginning(interpreter, cores))
            threading.Thread(target=self._listen, daemon=True).start()
            self._await_joining()
        except BaseException:
            self.close()
            raise

    def takes(self, spec: RunSpec) -> bool:
        """Whether a run goes to the cluster: one under guard, while there are nodes."""
        return bool(spec.refused_reads) and self.lanes() > 0

    def lanes(self) -> int:
        """How many runs of one thread the cluster takes at once, now; 0 where it is gone."""
        return 0 if self._gone else self._lanes.count

    def start(self, spec: RunSpec, folder: Path) -> RayRun:
        """Send a run whose spec lies in its folder."""
        with self._lock:
            self._number += 1
            run = RayRun(self, self._number, spec.id, folder)
            if self._gone:
                run.end("the cluster is gone")
                return run
            self._runs[run.number] = run
        self._say(Start(run.number, str(folder), spec.threads))
        return run

    def stop(self, number: int) -> None:
        """Interrupt a run."""
        self._say(Stop(number))

    def close(self) -> None:
        """Leave the cluster; a cluster that we started ends."""
        stdin = self._process.stdin
        with suppress(OSError):
            if stdin is not None:
                stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE_SECONDS)
        ProcessTree(self._process.pid).kill()
        self._process.wait()
        for token in self._tokens:
            remove(token)

    def _start_driver(self, log: Path) -> subprocess.Popen[bytes]:
        known = (*PASSED_ON, *NUMERIC, *HOME)
        passed = [name for name in os.environ if name in known or name.startswith("RAY_")]
        with log.open("ab") as stderr:
            return subprocess.Popen(
                boot.command("iiml_codegen.execution.ray_driver"),
                cwd=log.parent,
                env=QUIET | {name: os.environ[name] for name in passed},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                creationflags=boot.APART,
            )

    def _beginning(self, interpreter: Path, cores: int) -> Begin:
        return Begin(
            address=self.address,
            cores=cores,
            engine=str(ENGINE),
            version=__version__,
            interpreter=str(interpreter),
            token=self._token,
            tokens=tuple(map(str, self._tokens)),
        )

    def _await_joining(self) -> None:
        """Wait until the cluster takes runs."""
        said: FromDriver | None = None
        try:
            while not isinstance(said, Lanes) or said.count == 0:
                said = self._first.get(timeout=JOIN_SECONDS)
                if isinstance(said, Refused):
                    raise EnvironmentProblem(said.message, hint=said.hint)
                if said is None:
                    raise EnvironmentProblem(
                        f"the Ray cluster at {self.address} cannot be joined",
                        hint="see iiml/ray.log, and docs/cluster.md",
                    )
        except queue.Empty:
            why = "; ".join(self._lanes.why) or "no node answered"
            raise EnvironmentProblem(
                f"no node of the Ray cluster at {self.address} serves: {why}",
                hint='every node needs the same iiML: pip install "iiml[ml,ray]"',
            ) from None

    def _say(self, message: Begin | Start | Stop) -> None:
        assert self._process.stdin is not None
        with self._lock:
            try:
                self._process.stdin.write(encode(message))
                self._process.stdin.flush()
            except (OSError, ValueError):
                return  # its end is seen where it is listened to

    def _listen(self) -> None:
        """Take in what the driver says; its end is the end of all runs there."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = from_driver(line)
            if isinstance(said, Ended):
                run = self._runs.pop(said.number, None)
                if run is not None:
                    run.end(said.lost)
            elif isinstance(said, Lanes):
                self._take_lanes(said)
            self._first.put(said)
        with self._lock:
            self._gone = True
            left, self._runs = list(self._runs.values()), {}
        for run in left:
            run.end("the cluster is gone")
        self._first.put(None)
        if left:
            self._note("the Ray cluster is gone; runs go on on this machine")

    def _take_lanes(self, said: Lanes) -> None:
        before, self._lanes = self._lanes, said
        nodes = "1 node" if said.nodes == 1 else f"{said.nodes} nodes"
        if said.count != before.count:
            self._note(f"The Ray cluster takes {said.count} runs at once on {nodes}")
        for why in said.why:
            if why not in before.why:
                self._note(f"A node of the Ray cluster is left out: {why}")


class RayRun:
    """A run on the cluster, to be waited for like a supervisor of ours."""

    def __init__(self, executor: RayExecutor, number: int, name: str, folder: Path) -> None:
        self.number = number
        self._executor = executor
        self._name = name
        self._folder = folder
        self._over = threading.Event()
        self._lost = ""

    def end(self, lost: str) -> None:
        """It is over; `lost` says why without a result."""
        self._lost = lost
        self._over.set()

    def wait(self) -> RunResult | None:
        """The result, or None where the node that worked on it was lost."""
        stopped = False
        while not self._over.wait(LOOK_SECONDS):
            if not stopped and (self._folder / "stop").exists():
                self._executor.stop(self.number)
                stopped = True
        if self._lost:
            self._await_its_end()
        result = read(self._folder / "result.json", RunResult)
        if result is None and stopped:
            return RunResult(id=self._name, status="stopped", reason="stopped on request")
        if result is None and self._lost:
            write_atomically(self._folder / "supervisor.log", f"{self._lost}\n".encode())
        return result

    def _await_its_end(self) -> None:
        """Of a node on this very machine the supervisor may still be about to see that it is lost.

        Whoever runs the folder again must not find it at work.
        """
        holder = read(self._folder / "supervisor.json", Holder)
        end = time.monotonic() + LOST_SECONDS
        while holder is not None and holder.alive() and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
