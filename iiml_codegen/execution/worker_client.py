"""The worker as seen from a deciding process: verbs in, typed answers out.

The worker lives in the user's interpreter as one persistent process that speaks JSON lines. It is
started when first needed, and again after it died or ran out of time.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import (
    CompetitionError,
    EnvironmentProblem,
    IimlError,
    UnsupportedTaskError,
    WorkerError,
)
from iiml_codegen.execution.boot import APART, ISOLATED
from iiml_codegen.execution.environment import clean_environment
from iiml_codegen.execution.process_tree import ProcessTree

T = TypeVar("T")
WORKER = Path(__file__).resolve().parents[1] / "worker"
DEFECT = WorkerError.code
"""The code under which the worker reports its own bugs and requests that it cannot read."""


class Failure(msgspec.Struct, frozen=True):
    """What the worker says when it cannot answer."""

    message: str
    hint: str = ""
    code: str = DEFECT


class Answer(msgspec.Struct, frozen=True):
    """One line of the worker: a result or an error."""

    result: Any = None
    error: Failure | None = None


class WorkerClient:
    """Calls verbs of the worker, one at a time; threads may share it.

    `worker` is the folder with its `__main__.py`; what it prints goes to `log`.
    """

    def __init__(
        self, interpreter: Path, log: Path, *, threads: int = 1, worker: Path = WORKER
    ) -> None:
        self._command = [str(interpreter), *ISOLATED, str(worker)]
        self._log = log
        self._threads = threads
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes] = queue.Queue()

    def call(
        self, verb: str, params: Mapping[str, object], timeout: float = 600.0
    ) -> dict[str, Any]:
        """Ask one thing and wait for the answer at most `timeout` seconds.

        Raises `CompetitionError` and its like for trouble with the data, `WorkerError` when the
        worker died, took too long, or has a bug.
        """
        request = msgspec.json.encode({"verb": verb, "params": params})
        with self._turn:
            answer = self._ask(verb, request + b"\n", timeout)
        if answer.error is not None:
            raise _error(answer.error)
        if not isinstance(answer.result, dict):
            raise WorkerError(f"the worker's answer to {verb} is no object")
        return answer.result

    def call_typed(
        self, verb: str, params: Mapping[str, object], kind: type[T], timeout: float = 600.0
    ) -> T:
        """As `call`, with the answer converted to `kind`; `WorkerError` where it does not fit."""
        plain = self.call(verb, params, timeout)
        try:
            return from_plain(plain, kind)
        except msgspec.ValidationError as error:
            raise WorkerError(f"the worker's answer to {verb}: {error}") from error

    def close(self) -> None:
        """End the worker at once; a call under way in another thread raises `WorkerError`."""
        process = self._process
        if process is not None:
            ProcessTree(process.pid).kill()

    def _ask(self, verb: str, request: bytes, timeout: float) -> Answer:
        process = self._living()
        assert process.stdin is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._end(process)
            message = f"the worker took more than {timeout:.0f} s for {verb}"
            raise WorkerError(message, retryable=True) from None
        except OSError:
            line = b""
        if not line:
            self._end(process)
            raise WorkerError(
                f"the worker ended during {verb} (exit code {process.returncode})",
                hint=f"see {self._log}; memory may have run out",
                retryable=True,
            )
        return _parse(verb, line)

    def _living(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            try:
                self._process = self._start(log.fileno())
            except OSError as error:
                raise EnvironmentProblem(
                    f"cannot start {self._command[0]}: {error}", hint="choose another --interpreter"
                ) from error
        self._answers = queue.Queue()
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        return self._process

    def _start(self, log: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=self._log.parent,
            env=clean_environment(self._threads) | _home(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            creationflags=APART,
        )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        ProcessTree(process.pid).kill()
        process.wait()
        self._process = None


def _home() -> dict[str, str]:
    """The worker is our code: it may use the user's home and temporary folder."""
    names = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TMP", "TEMP")
    return {name: os.environ[name] for name in names if name in os.environ}


def _listen(process: subprocess.Popen[bytes], answers: queue.Queue[bytes]) -> None:
    """Pass lines on until the worker's output ends; an empty one says that it did."""
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put(b"")


def _parse(verb: str, line: bytes) -> Answer:
    try:
        return msgspec.json.decode(line, type=Answer)
    except msgspec.DecodeError as error:
        raise WorkerError(f"the worker's answer to {verb} is no answer: {error}") from error


def _error(failure: Failure) -> IimlError:
    """Our exception for the worker's; its code decides which."""
    if failure.code == DEFECT:
        return WorkerError(failure.message, hint=failure.hint)
    kinds = (UnsupportedTaskError, EnvironmentProblem)
    kind = next((kind for kind in kinds if kind.code == failure.code), CompetitionError)
    return kind(failure.message, hint=failure.hint, code=failure.code)
