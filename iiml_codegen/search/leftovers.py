"""What a check of a folder leaves in it while it runs, and that nothing of it stays.

Several checks may go on at once, beside a solver: each one's candidates and runs bear its process's
number, and it takes away no others, except those of checks that were killed.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from iiml_codegen.execution.lock import Holder
from iiml_codegen.execution.runner import VERIFYING
from iiml_codegen.execution.supervised import read
from iiml_codegen.workspace import Workspace

OF_A_CHECK = re.compile(rf"{VERIFYING}(\d+)-")
PATIENCE = 5.0
"""Seconds for supervisors to end their scripts; they look for a request ten times a second."""
PAUSE = 0.05


def own_name() -> str:
    """A candidate's name for this process alone, so that two checks do not meet in one folder."""
    return f"{VERIFYING}{os.getpid()}"


@contextmanager
def leftovers_removed(workspace: Workspace) -> Iterator[None]:
    """Within the block checks may run; after it their runs are ended and their folders gone."""
    take_away(folders(workspace, dead=True))
    try:
        yield
    finally:
        take_away(folders(workspace, dead=False))


def folders(workspace: Workspace, *, dead: bool) -> list[Path]:
    """The folders of this process's check, or those of checks whose process is gone."""
    found = []
    for path in (*workspace.candidates.glob("*"), *workspace.runs.glob("*")):
        match = OF_A_CHECK.match(path.name)
        if match is None:
            continue
        pid = int(match[1])
        if not psutil.pid_exists(pid) if dead else pid == os.getpid():
            found.append(path)
    return found


def take_away(paths: Sequence[Path]) -> None:
    """End what runs in folders, then remove them."""
    at_work = [path for path in paths if working(path)]
    for path in at_work:
        (path / "stop").touch()
    deadline = time.monotonic() + PATIENCE
    while any(map(working, at_work)) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def working(folder: Path) -> bool:
    """Whether a supervisor is at work in a folder, or about to be."""
    if not (folder / "spec.json").exists() or (folder / "result.json").exists():
        return False
    holder = read(folder / "supervisor.json", Holder)
    return holder is None or holder.alive() is True
