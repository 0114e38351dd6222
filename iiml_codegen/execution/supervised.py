"""A supervisor as seen from outside: is it at work, and what came of it?"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import msgspec

from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.execution.lock import Holder

LOOK_SECONDS = 0.05
LOST_SECONDS = 1.0
"""How long a result may take to appear after its supervisor is seen gone."""


class Supervisor:
    """Our child, or a process that another solver started."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes] | Holder) -> None:
        self._folder = folder
        self._process = process

    def wait(self) -> RunResult | None:
        """The result, or None when the supervisor is gone without leaving one."""
        gone_since: float | None = None
        while True:
            result = read(self._folder / "result.json", RunResult)
            if result is not None:
                self._reap()
                return result
            if self._alive():
                gone_since = None
            elif gone_since is None:
                gone_since = time.monotonic()
            elif time.monotonic() - gone_since > LOST_SECONDS:
                return None
            time.sleep(LOOK_SECONDS)

    def _alive(self) -> bool:
        """Whether it works, or another that was quicker to take the folder's lock."""
        process = self._process
        ours = process.alive() if isinstance(process, Holder) else process.poll() is None
        if ours:
            return True
        other = read(self._folder / "supervisor.json", Holder)
        return other is not None and bool(other.alive())

    def _reap(self) -> None:
        """Let it end, too: it has written its result."""
        if not isinstance(self._process, Holder):
            self._process.wait()
            return
        until = time.monotonic() + LOST_SECONDS
        while self._process.alive() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS / 10)


def read(path: Path, kind: type[T]) -> T | None:
    """A JSON file of ours; None if it is missing, not of this version, or just being replaced."""
    try:
        return from_json(path.read_bytes(), kind)
    except (FileNotFoundError, PermissionError, msgspec.DecodeError):
        return None
