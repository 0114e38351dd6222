"""The folder's lock: one solver at a time, free again however its holder ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from processes import start_python, wait_until

from iiml_codegen.domain.wire import to_json
from iiml_codegen.errors import FolderBusyError
from iiml_codegen.execution.lock import FolderLock, Holder, holder, holder_of

HOLD = """
import sys, threading
from pathlib import Path
from iiml_codegen.execution.lock import FolderLock
with FolderLock(Path(sys.argv[1])):
    print("held", flush=True)
    threading.Event().wait()
"""


def test_a_second_solver_learns_who_holds_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with start_python(HOLD, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        found = holder(path)
        assert found is not None
        assert found.pid == process.pid
        with pytest.raises(FolderBusyError, match=str(process.pid)), FolderLock(path):
            raise AssertionError("two solvers in one folder")
        process.kill()


def test_the_lock_is_free_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with start_python(HOLD, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    assert holder(path) is None
    with FolderLock(path):
        mine = holder(path)
    assert mine is not None
    assert mine.pid == os.getpid()


def test_a_released_lock_has_no_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FolderLock(path):
        assert holder(path) == holder_of(os.getpid())
    assert holder(path) is None


def test_a_process_number_that_was_given_to_another_is_not_the_holder(tmp_path: Path) -> None:
    mine = holder_of(os.getpid())
    earlier = Holder(host=mine.host, pid=mine.pid, started=mine.started - 1000)
    (tmp_path / "lock.json").write_bytes(to_json(earlier))
    assert holder(tmp_path / "lock") is None


def test_a_holder_on_another_host_counts_while_the_lock_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    far = Holder(host="somewhere-else", pid=1, started=0.0)
    with FolderLock(path):
        (tmp_path / "lock.json").write_bytes(to_json(far))
        assert holder(path) == far
    (tmp_path / "lock.json").write_bytes(to_json(far))
    assert holder(path) is None


def test_a_holder_that_ended_but_was_not_collected_is_gone(tmp_path: Path) -> None:
    process = start_python("print('done')")
    found = holder_of(process.pid)
    wait_until(lambda: not found.alive(), "the child's end is seen")
    process.communicate()
