"""Start runs by forking, on Linux, with our interpreter: one server for each kind of script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import weakref
from pathlib import Path

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.execution.boot import ISOLATED
from iiml_codegen.execution.environment import clean_environment, own_places
from iiml_codegen.execution.lock import Holder, holder_of

SERVER = Path(__file__).with_name("fork_server.py")
WITHOUT_THREADS = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Importing numpy and pyarrow starts no thread then, which no fork would have. Linear algebra gets
its threads after the fork."""
HEAVY = re.compile(rb"^\s*(?:import|from) (torch)\b", re.MULTILINE)
"""What is worth importing before a fork, but for scripts that import it only."""
MOST_SECONDS = 60.0
"""A server that has imported nothing for so long is given up."""


Servers = dict[tuple[int, tuple[str, ...]], subprocess.Popen[bytes] | None]
"""By the threads of a run and what is imported for it; None where no server can be."""


class Forks:
    """Fork servers; they end when their input does, with us at the latest."""

    def __init__(self) -> None:
        self._servers: Servers = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._servers)

    def start(self, spec: RunSpec, folder: Path) -> Holder | None:
        """The supervisor of the run in a folder; None where it has to be started otherwise."""
        if spec.fresh or sys.platform != "linux" or spec.interpreter != sys.executable:
            return None
        kind = spec.threads, _heavy(Path(spec.script))
        with self._lock:
            if kind not in self._servers:
                self._servers[kind] = _server(*kind)
            server = self._servers[kind]
            pid = None if server is None else _asked(server, folder)
            if server is not None and pid is None:
                server.kill()
                server.wait()
                self._servers[kind] = None
        return None if pid is None else holder_of(pid)


def _close(servers: Servers) -> None:
    for server in servers.values():
        if server is not None and server.stdin is not None:
            server.stdin.close()
            server.wait()


def _heavy(script: Path) -> tuple[str, ...]:
    found = HEAVY.findall(script.read_bytes()) if script.is_file() else []
    return tuple(sorted({name.decode() for name in found}))


def _server(threads: int, libraries: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *ISOLATED, "-u", str(SERVER), *libraries],
        cwd=SERVER.parent,
        env=clean_environment(threads) | own_places() | WITHOUT_THREADS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _asked(server: subprocess.Popen[bytes], folder: Path) -> int | None:
    """The process id that a server answers; None from one that is gone or does not speak."""
    assert server.stdin is not None
    assert server.stdout is not None
    patience = threading.Timer(MOST_SECONDS, server.kill)
    patience.start()
    try:
        server.stdin.write(json.dumps(str(folder)).encode() + b"\n")
        server.stdin.flush()
        answer = server.stdout.readline()
    except BrokenPipeError:
        return None
    finally:
        patience.cancel()
    return int(answer) if answer else None
