"""Runs on a Ray cluster of two nodes: a node that dies costs its runs, which go on elsewhere."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from competitions import write_competition
from processes import script, spec_for, wait_until
from processes.small_solve import start_solve

from iiml_codegen.domain.events import Event, Note, RunEnded, RunStarted, SolveEnded
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution import ray_executor
from iiml_codegen.execution.lock import Holder
from iiml_codegen.execution.ray_executor import RayExecutor
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.supervised import read
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

pytest.importorskip("ray", reason="Ray is not installed: the extra `ray` has it")
if not sys.platform.startswith("linux"):
    pytest.skip("needs the loopback addresses of Linux", allow_module_level=True)

LOOPBACK = "127.0.0.2"
SMALL: dict[str, Any] = {
    "num_cpus": 1,
    "node_ip_address": LOOPBACK,
    "include_dashboard": False,
    "object_store_memory": 80 * 2**20,
}
SOON = {
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "500",
    "RAY_health_check_failure_threshold": "2",
    "RAY_USAGE_STATS_ENABLED": "0",
}
WAITING = """
    import os, pathlib, sys, time
    pathlib.Path("seen").write_text(" ".join(sorted(os.environ)))
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.02)
    print("went on")
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that computes nothing, and a node with one core; tests add others, and kill some."""
    from ray.cluster_utils import Cluster

    # A short path: sockets of Ray lie below it.
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name, value in SOON.items():
            patch.setenv(name, value)
        patch.setenv("TMPDIR", folder)
        found = Cluster(initialize_head=True, head_node_args=SMALL | {"num_cpus": 0})
        try:
            found.add_node(**SMALL)
            yield found
        finally:
            found.shutdown()


def kill(node: Any) -> None:
    """End a node at once: its raylet and the processes of tasks. Our supervisors must see to it."""
    raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
    for process in [raylet, *raylet.children()]:
        process.kill()


def ended_of(events: list[Event]) -> list[RunEnded]:
    """The runs that ended."""
    return [event for event in events if isinstance(event, RunEnded)]


class Events(list[Event]):
    """A recorder that keeps what it is told."""

    def append(self, event: Event) -> int:  # type: ignore[override]
        super().append(event)
        return len(self)


def guarded(path: Path, runs: Path, *arguments: object) -> RunSpec:
    """A run that only its spec's paths are open to, as those of candidates are."""
    refused = path.parents[1] / "refused"
    refused.mkdir(exist_ok=True)
    changes = {"arguments": tuple(map(str, arguments)), "refused_reads": (str(refused),)}
    return spec_for(path, runs, **changes)


def kill_node_of(folder: Path, cluster: Any) -> None:
    """Kill the node whose raylet is an ancestor of the supervisor of a run."""
    wait_until(lambda: read(folder / "supervisor.json", Holder), "a supervisor is at work")
    holder = read(folder / "supervisor.json", Holder)
    assert holder is not None
    above = {process.pid for process in psutil.Process(holder.pid).parents()}
    nodes = cluster.worker_nodes
    (found,) = (n for n in nodes if n.all_processes["raylet"][0].process.pid in above)
    kill(found)


def test_a_lost_node_costs_its_run_which_another_does(cluster: Any, tmp_path: Path) -> None:
    cluster.add_node(**SMALL)
    notes, events = list[str](), Events()
    os.environ["GEMINI_API_KEY"] = "never-to-be-seen"
    python = Path(sys.executable)
    log = tmp_path / "ray.log"
    cluster_of_ours = RayExecutor(cluster.address, python, 1, (tmp_path,), log, notes.append)
    try:
        wait_until(lambda: cluster_of_ours.lanes() == 2, "both nodes serve")
        runner, go = Runner(events, elsewhere=cluster_of_ours), tmp_path / "go"
        specs = [
            guarded(script(tmp_path / "code" / f"{name}.py", WAITING), tmp_path / "runs", go)
            for name in ("one", "other")
        ]
        folders = [Path(spec.folder) for spec in specs]
        with ThreadPoolExecutor(2) as pool:
            results = [pool.submit(runner.run, spec) for spec in specs]
            wait_until(lambda: all((folder / "seen").exists() for folder in folders), "both run")
            kill_node_of(folders[0], cluster)
            wait_until(lambda: cluster_of_ours.lanes() == 1, "the cluster is smaller")
            go.touch()
            assert [result.result().status for result in results] == ["ok", "ok"]
        ended = [event.result.status for event in events if isinstance(event, RunEnded)]

        assert sorted(ended) == ["lost", "ok", "ok"]
        assert sum(isinstance(event, RunStarted) for event in events) == 3
        assert all("GEMINI" not in (folder / "seen").read_text() for folder in folders)
        assert notes[-1] == "The Ray cluster takes 1 runs at once on 1 node"
    finally:
        del os.environ["GEMINI_API_KEY"]
        cluster_of_ours.close()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".ray-")] == []


def test_a_node_that_sees_none_of_our_files_is_sent_them(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_executor, "write_atomically", lambda path, data: None)  # no token
    go, log = tmp_path / "data" / "go", tmp_path / "ray.log"
    go.parent.mkdir()
    go.touch()
    work = script(tmp_path / "code" / "away.py", WAITING)
    spec = guarded(work, tmp_path / "runs", go)
    spec = msgspec.structs.replace(spec, allowed_reads=(str(go.parent),))
    python = Path(sys.executable)
    cluster_of_ours = RayExecutor(cluster.address, python, 1, (tmp_path,), log, print)
    try:
        assert Runner(elsewhere=cluster_of_ours).run(spec).status == "ok"
    finally:
        cluster_of_ours.close()
    assert Path(spec.folder, "log.txt").read_text() == "went on\n"
    refused = json.loads(Path(spec.folder, "guard.json").read_text())["refused"]
    assert [Path(path).name.startswith("iiml-ray-") for path in refused] == [True]


def test_a_solve_goes_on_when_a_node_dies(cluster: Any, tmp_path: Path) -> None:
    cluster.add_node(**SMALL)
    folder = write_competition(tmp_path / "shop", "binary", rows=200).folder
    workspace = Workspace(folder)

    def told() -> list[Event]:
        if not workspace.journal.exists():
            return []
        journal = Journal(workspace.journal)
        try:
            return [entry.event for entry in journal.read()]
        finally:
            journal.close()

    def folds(kind: type[RunStarted]) -> list[RunStarted]:
        return [e for e in told() if isinstance(e, kind) and e.purpose.startswith("fold")]

    with start_solve(folder, cluster.address) as solver:
        wait_until(lambda: folds(RunStarted) or solver.poll() is not None, "a fold runs")
        kill_node_of(Path(folds(RunStarted)[0].folder), cluster)
        assert solver.wait() == 0, (folder / "iiml" / "solver.log").read_text()
    events = told()
    ended = [event for event in events if isinstance(event, SolveEnded)]
    assert [event.status for event in ended] == ["solved"]
    assert (folder / "submission.csv").is_file()
    lost = [event for event in ended_of(events) if not event.result.ok]
    assert {event.result.status for event in lost} == {"lost"}  # one, or the next one, too
    again = {event.purpose for event in ended_of(events) if event.result.ok}
    assert {event.purpose for event in lost} <= again
    said = [event.text for event in events if isinstance(event, Note)]
    assert any(text.startswith("The Ray cluster takes 2 runs at once on 2 nodes") for text in said)


def test_where_no_cluster_is_one_is_told_so(tmp_path: Path) -> None:
    address = "ray://127.0.0.1:1"
    with pytest.raises(EnvironmentProblem) as caught:
        RayExecutor(address, Path(sys.executable), 1, (tmp_path,), tmp_path / "log", print)
    assert address in str(caught.value)
    assert caught.value.hint
