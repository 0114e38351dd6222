"""Fork runs from a process that has imported what most scripts import, on Linux.

`python -I -X utf8 -u fork_server.py [LIBRARY ...]`. Importing pandas and scikit-learn keeps a
processor busy for a second and a half, longer than many a run does, so it happens once. Each line
on standard input is the folder of a run; the answer is the process id of its supervisor, which was
forked and has forked the process of the script in its turn. Both have what they would have if they
were started: a session, open files, variables and paths of their own. (The server of
multiprocessing hands its variables on, keys among them, and has no place for a supervisor.)
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import random
import runpy
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

if sys.platform != "linux":
    raise ImportError("only Linux forks runs")

LIBRARIES = ("numpy", "pandas", "scipy.stats", "sklearn.linear_model", "sklearn.model_selection")
PATHS = tuple(sys.path)
"""Those of scripts: the engine's is added for us alone."""
ENGINE = Path(__file__).resolve().parents[1]
INHERITED = 3
"""The number of the first open file that is not standard input, output or errors."""
SET_NAME, LONGEST_NAME = 15, 15
"""What asks `prctl` to name a process, and how many bytes it takes."""


def preload(libraries: Iterable[str]) -> None:
    """Import what is there of these. Ends us where that starts threads: forks have none."""
    for name in libraries:
        if importlib.util.find_spec(name.partition(".")[0]):
            importlib.import_module(name)
    sys.path.append(str(ENGINE.parent))
    importlib.import_module(f"{ENGINE.name}.execution.supervisor")
    if len(os.listdir("/proc/self/task")) > 1:
        sys.exit("an import started threads")
    gc.freeze()


def serve() -> None:
    """Fork a supervisor for each line; a terminal that closes asks nothing of it, or its script."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with open(0, "rb", buffering=0, closefd=False) as requests:
        for line in requests:
            pid = os.fork()
            if pid == 0:
                supervise(Path(json.loads(line)))
            os.write(1, f"{pid}\n".encode())


def supervise(folder: Path) -> None:
    """Be the supervisor of a run, with a child that is to become its script."""
    from iiml_codegen.execution.forked import Forked
    from iiml_codegen.execution.supervisor import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(folder)
    write_into(folder / "supervisor.log")
    code = main(folder, start=Forked(become).start)
    sys.stderr.flush()
    os._exit(code)  # taking down what was imported would cost more than a short run


def become(order: dict[str, Any]) -> None:
    """Be the script of a run, as if started by a command, in a folder, with variables."""
    os.chdir(order["cwd"])
    write_into(Path(order["log"]))
    os.closerange(INHERITED, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(order["environment"])
    ctypes.CDLL(None).prctl(SET_NAME, Path(order["cwd"]).name.encode()[:LONGEST_NAME])
    forget_the_engine()
    draw_anew()
    use_threads(int(order["environment"]["OPENBLAS_NUM_THREADS"]))
    command = order["command"]
    guard, *sys.argv[1:] = command[command.index("-u") + 1 :]
    runpy.run_path(guard, run_name="__main__")


def write_into(log: Path) -> None:
    """Let standard output and errors go to the end of a file, and nothing come in."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    os.dup2(1, 2)


def forget_the_engine() -> None:
    """Let a script import what it would find on its own."""
    sys.path[:] = PATHS
    for name in list(sys.modules):
        if name.partition(".")[0] == ENGINE.name:
            del sys.modules[name]
    tempfile.tempdir = None


def draw_anew() -> None:
    """Seed the generators that nobody seeded, else all runs would draw the same numbers."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def use_threads(count: int) -> None:
    """Have linear algebra use so many threads; it starts with one, as threads are not forked."""
    if count > 1 and importlib.util.find_spec("threadpoolctl"):
        importlib.import_module("threadpoolctl").threadpool_limits(count, user_api="blas")


if __name__ == "__main__":
    preload([*LIBRARIES, *sys.argv[1:]])
    serve()
