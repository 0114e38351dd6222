"""A script's process that was forked before anybody knew which script, and waits to be told."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from iiml_codegen.execution.supervisor import Process

if sys.platform != "linux":
    raise ImportError("only Linux forks runs")

Become = Callable[[dict[str, Any]], None]


class Forked:
    """Our child, in a session of its own; it ends with us, or once told what it is to `become`.

    It is forked while we have neither threads nor a lock, which a fork would leave in disorder.
    """

    returncode: int | None = None

    def __init__(self, become: Become) -> None:
        told, self._tell = os.pipe()
        self._lock = threading.Lock()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._tell)
            os.setsid()
            with open(told, "rb") as orders:
                order = orders.read()
            if not order:
                os._exit(0)
            become(json.loads(order))
            raise SystemExit
        os.close(told)

    def start(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path
    ) -> Process:
        """Tell it to be what a command would start, in the interpreter that it is in."""
        order = {
            "command": command,
            "cwd": str(cwd),
            "environment": dict(environment),
            "log": str(log),
        }
        with open(self._tell, "wb") as orders:
            orders.write(json.dumps(order).encode())
        return self

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs, or somebody waits for it."""
        if self._lock.acquire(blocking=False):
            try:
                self._collect(os.WNOHANG)
            finally:
                self._lock.release()
        return self.returncode

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        with self._lock:
            self._collect(0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.Signals(sig))

    def _collect(self, options: int) -> None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
