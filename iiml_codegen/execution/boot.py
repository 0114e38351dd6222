"""Start a module of the engine: `python -I -X utf8 boot.py MODULE ARGUMENTS`.

`-I` keeps the current folder off the path, so that nothing in a competition folder is imported in
place of ours; this file then adds the folder that the engine itself lies in.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import IO

ISOLATED = ("-I", "-X", "utf8")
"""Nothing of the user's environment, and UTF-8 wherever a text has no encoding of its own."""
if sys.platform == "win32":
    # Without a window a process has a console of its own: closing ours does not end it, and what
    # it starts opens none. (DETACHED_PROCESS would give each of its children a visible one.)
    APART = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    OUT_OF_JOB = subprocess.CREATE_BREAKAWAY_FROM_JOB
else:
    APART = OUT_OF_JOB = 0
"""Flags that Windows takes; POSIX systems have sessions instead."""


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of the engine in this interpreter."""
    return [_interpreter(), *ISOLATED, str(Path(__file__).resolve()), module, *arguments]


def start(
    module: str, *arguments: str, cwd: Path, log: IO[bytes], stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start a module of the engine as a process that outlives us and our terminal."""

    def started(flags: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command(module, *arguments),
            cwd=cwd,
            env=_environment(),
            stdin=stdin,
            stdout=log,
            stderr=log,
            start_new_session=True,
            creationflags=flags,
        )

    try:
        return started(APART | OUT_OF_JOB)
    except PermissionError:
        # Some Windows jobs let nobody out: their end then is the end of what we start.
        return started(APART)


def _interpreter() -> str:
    """Our interpreter; in a virtual environment of Windows the one behind its launcher.

    The launcher would start that one as its child, and every process id would be the wrong one.
    """
    if sys.platform == "win32":
        return str(getattr(sys, "_base_executable", sys.executable))
    return sys.executable


def _environment() -> dict[str, str] | None:
    """Ours; for an interpreter behind a launcher with the environment it belongs to."""
    if sys.platform == "win32" and _interpreter() != sys.executable:
        return os.environ | {"__PYVENV_LAUNCHER__": sys.executable}
    return None


if __name__ == "__main__":
    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.append(root)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
