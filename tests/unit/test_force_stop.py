"""Ending a solver that does not answer, over real processes, and nobody else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from processes import wait_until
from processes.solving import Folder

from iiml_codegen.domain.wire import to_json
from iiml_codegen.execution.force_stop import force_stop
from iiml_codegen.execution.lock import FolderLock, holder, holder_of
from iiml_codegen.workspace import Workspace


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_a_solver_that_hears_nothing_is_ended_with_its_run_and_the_folder_is_free(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    folder = Folder(tmp_path)
    check = folder.workspace.run("verify-1-one")
    check.mkdir(parents=True)
    (check / "supervisor.json").write_bytes(to_json(holder_of(stranger.pid)))
    with folder.solver() as solver:
        folder.wait_for_work()
        asked = holder(folder.workspace.lock)
        assert asked is not None
        family = psutil.Process(solver.pid).children(recursive=True)
        assert len(family) >= 2
        psutil.Process(solver.pid).suspend()
        assert force_stop(folder.workspace, asked)
        assert solver.wait() != 0
    wait_until(lambda: not any(one.is_running() for one in family), "the end of the run")
    assert stranger.poll() is None
    with FolderLock(folder.workspace.lock):
        assert not force_stop(folder.workspace, asked)


def test_a_process_that_does_not_work_on_the_folder_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    workspace = Workspace(tmp_path).create()
    named = holder_of(stranger.pid)
    note = workspace.lock.with_name(f"{workspace.lock.name}.json")
    note.write_bytes(to_json(named))
    assert holder(workspace.lock) == named
    assert not force_stop(workspace, named)
    with FolderLock(workspace.lock):
        earlier = msgspec.structs.replace(named, started=named.started - 60)
        for claimed in (named, earlier):
            note.write_bytes(to_json(claimed))
            assert not force_stop(workspace, earlier)
    assert stranger.poll() is None
