"""Forked runs: their scripts find what a started script finds, and no other run's leftovers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from processes import script, spec_for

from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.runner import Runner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
SURROUNDINGS = """
    import json, os, resource, signal, sys, tempfile, threading

    def is_open(number):
        try:
            os.fstat(number)
        except OSError:
            return False
        return True

    umask = os.umask(0)
    seen = {
        "variables": dict(os.environ),
        "paths": sys.path,
        "flags": str(sys.flags),
        "arguments": sys.argv,
        "main": sys.modules["__main__"].__file__,
        "engine": [name for name in sys.modules if name.startswith("iiml_codegen")],
        "open": [number for number in range(200) if is_open(number)],
        "handlers": [str(signal.getsignal(one)) for one in sorted(signal.valid_signals())],
        "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "leads": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
        "folders": [os.getcwd(), tempfile.gettempdir()],
        "streams": [str(one) for one in (sys.stdin, sys.stdout, sys.stderr)],
        "limits": [resource.getrlimit(one) for one in range(10)],
        "threads": threading.active_count(),
        "umask": umask,
    }
    print(json.dumps(seen).replace(tempfile.gettempdir(), "TEMPORARY"))
"""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Servers that the tests of this file share."""
    yield Forks()


def run(tmp_path: Path, text: str, forks: Forks | None, **changes: object) -> RunResult:
    spec = spec_for(script(tmp_path / "work.py", text), tmp_path / "runs", **changes)
    return Runner(reuse=False, forks=forks).run(spec)


def log_of(tmp_path: Path, text: str, forks: Forks | None) -> str:
    """All that a script printed: the tail of a result may be shorter."""
    assert run(tmp_path, text, forks).ok
    return (tmp_path / "runs" / "work" / "log.txt").read_text("utf-8")


def test_a_forked_script_finds_what_a_started_one_finds(tmp_path: Path, forks: Forks) -> None:
    os.environ["IIML_TEST_KEY"] = "must stay here"
    try:
        started, forked = (json.loads(log_of(tmp_path, SURROUNDINGS, way)) for way in (None, forks))
    finally:
        del os.environ["IIML_TEST_KEY"]
    assert "IIML_TEST_KEY" not in forked["variables"]
    assert forked == started


def test_libraries_are_there_before_the_script_begins(tmp_path: Path, forks: Forks) -> None:
    text = "import sys; print('pandas' in sys.modules, 'torch' in sys.modules)"
    assert run(tmp_path, text, None).log_tail == "False False\n"
    assert run(tmp_path, text, forks).log_tail == "True False\n"


def test_torch_is_there_for_scripts_that_import_it(tmp_path: Path, forks: Forks) -> None:
    pytest.importorskip("torch")
    text = """
        import sys
        print("torch" in sys.modules)
        import torch
        print(float((torch.ones(300, 300) @ torch.ones(300, 300)).sum()))
    """
    assert run(tmp_path, text, forks).log_tail == "True\n27000000.0\n"


def test_no_two_runs_draw_the_same_numbers(tmp_path: Path, forks: Forks) -> None:
    text = "import random, numpy as np; print(random.random(), np.random.rand(), hash('a'))"
    first, second = (run(tmp_path, text, forks).log_tail.split() for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert first[2] == second[2]


def test_a_fresh_run_is_started(tmp_path: Path, forks: Forks) -> None:
    text = "import sys; print('pandas' in sys.modules)"
    assert run(tmp_path, text, forks, fresh=True).log_tail == "False\n"


def test_threads_are_those_that_the_run_may_have(tmp_path: Path, forks: Forks) -> None:
    text = """
        import numpy
        from threadpoolctl import threadpool_info
        print(sorted({(one["user_api"], one["num_threads"]) for one in threadpool_info()}))
    """
    for count in (1, 2):
        counted = f"[('blas', {count}), ('openmp', {count})]\n"
        assert run(tmp_path, text, forks, threads=count).log_tail == counted


def test_a_script_may_start_processes_and_threads_of_its_own(tmp_path: Path, forks: Forks) -> None:
    text = """
        import numpy as np
        from joblib import Parallel, delayed
        from sklearn.ensemble import ExtraTreesClassifier

        def square(x):
            return x * x

        if __name__ == "__main__":
            print(Parallel(n_jobs=2)(delayed(square)(x) for x in range(4)))
            rng = np.random.default_rng(0)
            model = ExtraTreesClassifier(20, n_jobs=2, random_state=0)
            print(model.fit(rng.random((50, 3)), rng.integers(0, 2, 50)).n_features_in_)
    """
    result = run(tmp_path, text, forks)
    assert result.log_tail.endswith("[0, 1, 4, 9]\n3\n"), result.log_tail


def test_a_server_that_is_gone_is_done_without(tmp_path: Path) -> None:
    forks = Forks()
    before = set(psutil.Process().children())
    assert run(tmp_path, "print(1)", forks).ok
    (server,) = set(psutil.Process().children()) - before
    server.kill()
    assert run(tmp_path, "print(2)", forks).log_tail == "2\n"
    assert server not in psutil.Process().children()


def test_servers_end_with_whoever_asked_them(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    forks = Forks()
    assert run(tmp_path, "print(1)", forks).ok
    (server,) = set(psutil.Process().children()) - before
    del forks
    assert not server.is_running()
