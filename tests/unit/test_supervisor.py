"""Runs under a supervisor, started or forked: limits hold, keys stay out, a kill loses no truth."""

from __future__ import annotations

import json
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import psutil
import pytest
from processes import script, spec_for, start_python, wait_until

from iiml_codegen.domain.events import Event, RunEnded, RunStarted
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.lock import Holder
from iiml_codegen.execution.runner import Runner

FOREVER = """
    import threading
    print("working", flush=True)
    threading.Event().wait()
"""
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
FORKS = Forks()


@pytest.fixture(
    autouse=True, params=["started", pytest.param("forked", marks=LINUX)], scope="module"
)
def _way(request: pytest.FixtureRequest) -> Iterator[None]:
    """All runs of this file are started in one pass and forked in another."""
    with pytest.MonkeyPatch.context() as patch:
        forks = FORKS if request.param == "forked" else None
        patch.setitem(globals(), "Runner", partial(Runner, forks=forks))
        yield


class Events(list[Event]):
    """A recorder that keeps what it is told."""

    def append(self, event: Event) -> int:  # type: ignore[override]
        super().append(event)
        return len(self)


def run(tmp_path: Path, text: str, **changes: object) -> RunResult:
    spec = spec_for(script(tmp_path / "work.py", text), tmp_path / "runs", **changes)
    return Runner().run(spec)


def start(spec: RunSpec, runner: Runner) -> Future[RunResult]:
    """Run in a thread; returns once the script says that it works."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(runner.run, spec)
    pool.shutdown(wait=False)
    log = Path(spec.folder) / "log.txt"
    wait_until(lambda: log.exists() and "working" in log.read_text("utf-8"), "the script works")
    return future


def process(spec: RunSpec, name: str) -> psutil.Process:
    note = Path(spec.folder) / f"{name}.json"
    wait_until(note.exists, f"{name} is noted")
    return psutil.Process(from_json(note.read_bytes(), Holder).pid)


def gone(found: psutil.Process) -> bool:
    return not found.is_running() or found.status() == psutil.STATUS_ZOMBIE


def test_a_script_runs_in_its_own_folder_with_its_arguments(tmp_path: Path) -> None:
    text = """
        import os, sys
        open("made.txt", "w").write("here")
        print(sys.argv[1:], os.path.basename(sys.argv[0]), os.getcwd())
    """
    result = run(tmp_path, text, arguments=("--data-dir", "/somewhere"))
    assert result.status == "ok"
    assert result.log_tail.startswith("['--data-dir', '/somewhere'] work.py")
    assert (tmp_path / "runs" / "work" / "made.txt").read_text("utf-8") == "here"


def test_the_result_file_is_what_the_runner_returns(tmp_path: Path) -> None:
    result = run(tmp_path, "print(1)")
    assert from_json((tmp_path / "runs" / "work" / "result.json").read_bytes(), RunResult) == result


def test_no_key_and_no_python_variable_reaches_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GEMINI_API_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "MY_TOKEN"):
        monkeypatch.setenv(name, "secret-value")
    text = """
        import json, os
        print(json.dumps(dict(os.environ, TMPDIR=os.path.realpath(os.environ["TMPDIR"]))))
    """
    result = run(tmp_path, text, threads=2)
    seen: dict[str, str] = json.loads(result.log_tail)
    assert "secret-value" not in seen.values()
    assert (seen["OMP_NUM_THREADS"], seen["OMP_WAIT_POLICY"]) == ("2", "PASSIVE")
    assert seen["HF_HUB_OFFLINE"] == "1"
    assert seen["HOME"].startswith(str(tmp_path.resolve()))
    assert seen["TMPDIR"].startswith(str(tmp_path.resolve()))


def test_standard_input_is_closed_and_hanging_up_ignored(tmp_path: Path) -> None:
    text = """
        import os, signal, sys
        print(repr(sys.stdin.read()))
        os.kill(os.getpid(), signal.SIGHUP)
        print("still here")
    """
    assert run(tmp_path, text).log_tail == "''\nstill here\n"


def test_a_failing_script_shows_its_own_traceback_alone(tmp_path: Path) -> None:
    result = run(tmp_path, "def f():\n    raise ValueError('no such fold')\nf()\n")
    assert (result.status, result.exit_code) == ("failed", 1)
    assert "no such fold" in result.log_tail
    assert result.log_tail.count("File ") == 2
    assert "guard" not in result.log_tail


def test_a_script_that_is_no_python_fails_with_the_line(tmp_path: Path) -> None:
    result = run(tmp_path, "x = 1\ny = (\n")
    assert result.status == "failed"
    assert "work.py" in result.log_tail
    assert "line 2" in result.log_tail


def test_an_exit_code_of_the_script_is_kept(tmp_path: Path) -> None:
    result = run(tmp_path, "import sys; sys.exit(3)")
    assert (result.status, result.exit_code, result.reason) == ("failed", 3, "exit code 3")


def test_an_interpreter_that_is_not_there_is_a_failed_run(tmp_path: Path) -> None:
    result = run(tmp_path, "print(1)", interpreter=str(tmp_path / "python"))
    assert result.status == "failed"
    assert "cannot start" in result.reason


def test_the_wall_limit_ends_a_script_and_its_children(tmp_path: Path) -> None:
    text = """
        import os, pathlib, threading
        if child := os.fork():
            pathlib.Path("child").write_text(str(child))
        threading.Event().wait()
    """
    result = run(tmp_path, text, wall_seconds=3.0)
    assert result.status == "timeout"
    assert result.seconds >= 3.0
    child = int((tmp_path / "runs" / "work" / "child").read_text("ascii"))
    wait_until(lambda: not psutil.pid_exists(child), "the child is gone")


@LINUX
def test_memory_is_measured_over_the_whole_tree(tmp_path: Path) -> None:
    text = """
        import os, threading
        os.fork(); os.fork()
        block = bytearray(120 * 2**20)
        for place in range(0, len(block), 4096):
            block[place] = 1
        threading.Event().wait()
    """
    result = run(tmp_path, text, memory_bytes=300 * 2**20)
    assert result.status == "memory"
    assert result.peak_bytes > 300 * 2**20
    assert "limit 300 MB" in result.reason


def test_a_short_run_within_its_memory_is_left_alone_and_measured(tmp_path: Path) -> None:
    result = run(tmp_path, "x = b'1' * 100 * 2**20", memory_bytes=300 * 2**20)
    assert result.status == "ok"
    assert 100 * 2**20 < result.peak_bytes < 300 * 2**20


def test_many_runs_at_a_time(tmp_path: Path) -> None:
    runner = Runner()
    paths = [script(tmp_path / f"s{n}.py", f"print({n})") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda p: runner.run(spec_for(p, tmp_path / "runs")), paths))
    assert [result.log_tail.strip() for result in results] == list("012345")


def test_stopping_all_ends_active_runs_and_not_later_ones(tmp_path: Path) -> None:
    runner = Runner()
    spec = spec_for(script(tmp_path / "a.py", FOREVER), tmp_path / "runs")
    future = start(spec, runner)
    assert runner.active() == ["a"]
    runner.stop_all()
    assert future.result().status == "stopped"
    assert runner.active() == []
    later = spec_for(script(tmp_path / "b.py", "print(1)"), tmp_path / "runs")
    assert runner.run(later).ok


def test_a_terminated_supervisor_stops_its_script_and_says_so(tmp_path: Path) -> None:
    spec = spec_for(script(tmp_path / "a.py", FOREVER), tmp_path / "runs")
    future = start(spec, Runner())
    found = process(spec, "script")
    process(spec, "supervisor").send_signal(signal.SIGTERM)
    assert future.result().status == "stopped"
    assert gone(found)


ONCE = """
    import pathlib, threading
    if pathlib.Path("second").exists():
        raise SystemExit(0)
    pathlib.Path("second").touch()
    print("working", flush=True)
    threading.Event().wait()
"""


def test_a_killed_script_is_tried_again(tmp_path: Path) -> None:
    events = Events()
    spec = spec_for(script(tmp_path / "a.py", ONCE), tmp_path / "runs")
    future = start(spec, Runner(events))
    process(spec, "script").kill()
    assert future.result().status == "ok"
    assert [one.result.status for one in events if isinstance(one, RunEnded)] == ["lost", "ok"]


def test_a_script_killed_with_much_memory_in_use_ran_out_of_it(tmp_path: Path) -> None:
    path = script(tmp_path / "a.py", "x = b'1' * 200 * 2**20\n" + textwrap.dedent(FOREVER))
    spec = spec_for(path, tmp_path / "runs", memory_bytes=300 * 2**20)
    future = start(spec, Runner())
    process(spec, "script").kill()
    assert future.result().status == "memory"


@LINUX
def test_a_killed_supervisor_takes_its_script_along_and_the_run_is_tried_again(
    tmp_path: Path,
) -> None:
    events = Events()
    spec = spec_for(script(tmp_path / "a.py", ONCE), tmp_path / "runs")
    future = start(spec, Runner(events))
    found = process(spec, "script")
    process(spec, "supervisor").kill()
    wait_until(lambda: gone(found), "the script is gone")
    assert future.result().status == "ok"
    assert [one.result.status for one in events if isinstance(one, RunEnded)] == ["lost", "ok"]


def test_a_run_that_is_lost_twice_is_lost(tmp_path: Path) -> None:
    spec = spec_for(script(tmp_path / "a.py", FOREVER), tmp_path / "runs")
    future = start(spec, Runner())
    first = process(spec, "supervisor")
    first.kill()
    note = Path(spec.folder) / "supervisor.json"
    other: list[int] = []

    def second() -> bool:
        found = from_json(note.read_bytes(), Holder).pid if note.exists() else first.pid
        other[:] = [found]
        return found != first.pid

    wait_until(second, "a second supervisor works")
    psutil.Process(other[0]).kill()
    assert future.result().status == "lost"


def test_a_finished_run_is_not_run_again_unless_its_script_changed(tmp_path: Path) -> None:
    events = Events()
    path = script(tmp_path / "a.py", "print('first')")
    spec = spec_for(path, tmp_path / "runs")
    first = Runner(events).run(spec)
    assert Runner(events).run(spec) == first
    assert len(events) == 2
    script(path, "print('second')")
    assert Runner(events).run(spec).log_tail == "second\n"
    changed = msgspec.structs.replace(spec, arguments=("--seed", "1"))
    Runner(events).run(changed)
    Runner(events, reuse=False).run(changed)
    assert sum(isinstance(one, RunStarted) for one in events) == 4


def test_another_limit_is_not_another_run(tmp_path: Path) -> None:
    spec = spec_for(script(tmp_path / "a.py", "print('done')"), tmp_path / "runs")
    first = Runner().run(spec)
    assert Runner().run(msgspec.structs.replace(spec, wall_seconds=5.0)) == first


def test_a_failed_run_is_run_again(tmp_path: Path) -> None:
    text = """
        import pathlib, sys
        here = pathlib.Path("once")
        if not here.exists():
            here.touch()
            sys.exit(1)
    """
    spec = spec_for(script(tmp_path / "a.py", text), tmp_path / "runs")
    assert [Runner().run(spec).status for _ in range(2)] == ["failed", "ok"]


def test_events_tell_the_exact_command_line(tmp_path: Path) -> None:
    events = Events()
    spec = spec_for(script(tmp_path / "a.py", "print(1)"), tmp_path / "runs", candidate="01-a")
    Runner(events).run(spec)
    started, ended = events
    assert isinstance(started, RunStarted)
    assert isinstance(ended, RunEnded)
    assert started.command[0] == sys.executable
    assert started.command[-1] == spec.script
    assert (started.candidate, ended.candidate, ended.result.status) == ("01-a", "01-a", "ok")


RUN_AND_WAIT = """
import sys
from pathlib import Path
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.runner import Runner
Runner().run(from_json(Path(sys.argv[1]).read_bytes(), RunSpec))
"""


def test_a_run_outlives_a_killed_solver_and_is_adopted_by_the_next(tmp_path: Path) -> None:
    text = """
        import pathlib, time
        with open("starts", "a") as log:
            log.write("x")
        print("working", flush=True)
        while not pathlib.Path("go").exists():
            time.sleep(0.02)
        print("finished")
    """
    spec = spec_for(script(tmp_path / "a.py", text), tmp_path / "runs")
    order = tmp_path / "order.json"
    order.write_bytes(msgspec.json.encode(spec))
    with start_python(RUN_AND_WAIT, order) as solver:
        found = process(spec, "script")
        solver.kill()
    assert found.is_running()
    events = Events()
    future = start(spec, Runner(events))
    wait_until(lambda: events, "the run is adopted")
    (Path(spec.folder) / "go").touch()
    assert future.result().status == "ok"
    assert (Path(spec.folder) / "starts").read_text("ascii") == "x"
    assert isinstance(events[0], RunStarted)
    assert events[0].adopted


def test_a_run_of_another_spec_in_the_same_folder_is_stopped_first(tmp_path: Path) -> None:
    path = script(tmp_path / "a.py", FOREVER)
    spec = spec_for(path, tmp_path / "runs")
    order = tmp_path / "order.json"
    order.write_bytes(msgspec.json.encode(spec))
    with start_python(RUN_AND_WAIT, order) as solver:
        found = process(spec, "script")
        solver.kill()
    script(path, "print('other')")
    assert Runner().run(spec).log_tail == "other\n"
    assert gone(found)


def test_a_run_leaves_no_process_and_no_scratch_behind(tmp_path: Path) -> None:
    run(tmp_path / "first", "print('a server is there, if one is needed')")
    text = "import tempfile; print(tempfile.mkstemp()[1]); print(tempfile.gettempdir())"
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    result = run(tmp_path, text)
    file, folder = map(Path, result.log_tail.split())
    assert file.parent == folder and not file.exists() and not folder.is_symlink()
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before
    assert threading.active_count() < 20
    assert not (tmp_path / "runs" / "work" / "tmp").exists()


def test_a_second_supervisor_leaves_the_folder_to_the_first(tmp_path: Path) -> None:
    from iiml_codegen.execution.supervisor import EXIT_BUSY, main

    spec = spec_for(script(tmp_path / "a.py", FOREVER), tmp_path / "runs")
    runner = Runner()
    future = start(spec, runner)
    old = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}
    try:
        assert main(Path(spec.folder)) == EXIT_BUSY
    finally:
        for name, handler in old.items():
            signal.signal(name, handler)
    assert process(spec, "supervisor").pid != os.getpid()
    runner.stop_all()
    assert future.result().status == "stopped"
