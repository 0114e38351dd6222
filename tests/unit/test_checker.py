"""The process that looks at texts: it answers, survives failures, and ends with its daemon."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from processes import start_python, wait_until

from iiml_server.checker import Checker, CheckError
from iiml_server.module_check import check_module

MODEL = "def fit(X, y):\n    return fitt(X, y)\n"
DAEMON = """
    import os, time
    from iiml_server.checker import Checker
    checker = Checker()
    print(checker.call(os.getpid), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def checker() -> Iterator[Checker]:
    one = Checker()
    yield one
    one.close()


def test_a_text_is_looked_at_in_another_process(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "iiml" / "model_traditional.py"
    text = f"{MODEL}# \udce9 é 😀\n"
    assert checker.call(check_module, path, text) == check_module(path, text)
    assert checker.call(os.getpid) != os.getpid()
    assert checker.call(os.getpid) == checker.call(os.getpid)


def test_a_call_that_fails_says_why_and_the_next_one_is_answered(checker: Checker) -> None:
    before = checker.call(os.getpid)
    with pytest.raises(CheckError, match="invalid literal"):
        checker.call(int, "x")
    assert checker.call(os.getpid) == before


def test_a_process_that_ended_is_started_anew(checker: Checker) -> None:
    before = checker.call(os.getpid)
    with pytest.raises(CheckError, match="ended"):
        checker.call(os._exit, 3)
    assert checker.call(os.getpid) != before
    killed = psutil.Process(checker.call(os.getpid))
    killed.kill()
    wait_until(lambda: killed.status() == psutil.STATUS_ZOMBIE, "the end of the process")
    assert checker.call(int, "7") == 7


def test_it_ends_when_the_daemon_is_gone() -> None:
    daemon = start_python(DAEMON)
    assert daemon.stdout is not None
    pid = int(daemon.stdout.readline())
    assert psutil.pid_exists(pid)
    daemon.kill()
    daemon.wait()
    daemon.stdout.close()
    wait_until(lambda: not psutil.pid_exists(pid), "the end of the process")
