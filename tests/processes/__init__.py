"""Real processes for tests: wait for conditions, write scripts, make specs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iiml_codegen.domain.run import RunSpec

DEADLINE = 240.0


def wait_until(
    condition: Callable[[], object],
    what: str = "condition",
    seconds: float = DEADLINE,
    every: float = 0.02,
) -> None:
    """Return as soon as the condition holds; fail the test when it does not, for minutes."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(every)


def script(path: Path, text: str) -> Path:
    """Write a Python script, its text dedented."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), "utf-8")
    return path


def spec_for(path: Path, runs: Path, **changes: Any) -> RunSpec:
    """A spec for a script, in a run folder named after it."""
    plain: dict[str, Any] = {
        "id": path.stem,
        "script": str(path),
        "folder": str(runs / path.stem),
        "interpreter": sys.executable,
        "purpose": "test",
        "wall_seconds": DEADLINE,
    }
    return RunSpec(**(plain | changes))


def start_python(text: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process with our engine on its path, its output readable line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
