"""The guard: refuses and records what a run must not do, and is in nobody's way otherwise."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from processes import script, spec_for

from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.guard import __main__ as guard
from iiml_codegen.execution.guard import landlock, policy
from iiml_codegen.execution.guard.hook import Hook
from iiml_codegen.execution.guard.policy import Policy
from iiml_codegen.execution.runner import Runner


class Place:
    """A competition with a secret, and scripts that run beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.competition = folder / "competition"
        self.runs = self.competition / "iiml" / "runs"
        self.runs.mkdir(parents=True)
        self.secret = self.competition / "train.csv"
        self.secret.write_text("the labels", "utf-8")

    def run(self, text: str, **changes: object) -> RunResult:
        path = script(self.folder / "scripts" / "work.py", f"SECRET = {str(self.secret)!r}\n{text}")
        settings = {"refused_reads": (str(self.competition),)} | changes
        return Runner().run(spec_for(path, self.runs, **settings))

    def has_landlock(self) -> bool:
        return self.run("print(1)").confinement == "landlock"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


READS = {
    "open": "open(SECRET).read()",
    "os.open": "import os; os.open(SECRET, os.O_RDONLY)",
    "listing": "import os; os.listdir(os.path.dirname(SECRET))",
    "glob": "import os; next(os.scandir(os.path.dirname(SECRET)))",
    "relative": "import os; open(os.path.relpath(SECRET)).read()",
    "link": "import os; os.symlink(SECRET, 'here.csv'); open('here.csv').read()",
    "hard link": "import os; os.link(SECRET, 'here.csv'); open('here.csv').read()",
    "bytes": "open(SECRET.encode()).read()",
    "sqlite": "import sqlite3; sqlite3.connect(SECRET)",
    "another run": "open(SECRET.replace('train.csv', 'iiml/runs/other/oof.npy'))",
    "forked": "import os\nif not os.fork():\n    open(SECRET)\nelse:\n    assert not os.wait()[1]",
}


@pytest.mark.parametrize("how", READS)
def test_a_refused_folder_cannot_be_read(place: Place, how: str) -> None:
    result = place.run(READS[how])
    assert result.status == "forbidden"
    assert any(line.startswith(f"read {place.competition}") for line in result.forbidden)
    assert "the labels" not in result.log_tail


def test_a_refused_read_voids_a_run_that_swallowed_the_refusal(place: Place) -> None:
    result = place.run("try:\n    open(SECRET)\nexcept OSError:\n    print('guessing instead')\n")
    assert (result.status, result.exit_code) == ("forbidden", 0)
    assert result.forbidden == (f"read {place.secret}",)


def test_native_code_and_children_are_refused_by_the_kernel(place: Place) -> None:
    if not place.has_landlock():
        pytest.skip("this system has no Landlock")
    text = """
import ctypes, subprocess, sys
print(ctypes.CDLL(None).open(SECRET.encode(), 0))
child = "import sys; print(open(sys.argv[1]).read())"
subprocess.run([sys.executable, "-c", child, SECRET])
"""
    result = place.run(text, arguments=("child",))
    assert result.log_tail.startswith("-1\n")
    assert "PermissionError" in result.log_tail
    assert "the labels" not in result.log_tail


def test_the_run_folder_inside_a_refused_folder_can_be_used(place: Place) -> None:
    text = "open('a', 'w').write('b')\nimport os, shutil\nos.makedirs('c/d')\nshutil.rmtree('c')\n"
    result = place.run(text + "print(open('a').read(), os.path.exists('c'))\n")
    assert (result.status, result.log_tail) == ("ok", "b False\n")


def test_an_allowed_folder_or_file_inside_a_refused_one_can_be_read(place: Place) -> None:
    module = place.competition / "iiml" / "candidates" / "01"
    module.mkdir(parents=True)
    (module / "a.txt").write_text("allowed", "utf-8")
    cached = place.competition / "extracted.pkl"
    cached.write_text("cached", "utf-8")
    text = f"print(open({str(module / 'a.txt')!r}).read(), open({str(cached)!r}).read())"
    result = place.run(text, allowed_reads=(str(module), str(cached)))
    assert (result.status, result.log_tail) == ("ok", "allowed cached\n")


def test_a_script_inside_a_refused_folder_runs_without_its_neighbours(place: Place) -> None:
    path = script(place.competition / "pipeline.py", "import neighbour\n")
    script(place.competition / "neighbour.py", "print('imported')")
    spec = spec_for(path, place.runs, refused_reads=(str(place.competition),))
    result = Runner().run(spec)
    assert result.status == "failed"
    assert "No module named 'neighbour'" in result.log_tail


CHANGES = {
    "write": "open(OUTSIDE + '/new', 'w')",
    "append": "open(OUTSIDE + '/kept.txt', 'a')",
    "delete": "import os; os.remove(OUTSIDE + '/kept.txt')",
    "delete a tree": "import shutil; shutil.rmtree(OUTSIDE)",
    "move away": "import os; os.rename(OUTSIDE + '/kept.txt', 'stolen')",
    "move over": "import os; open('a', 'w'); os.replace('a', OUTSIDE + '/kept.txt')",
    "make a folder": "import os; os.mkdir(OUTSIDE + '/new')",
    "truncate": "import os; os.truncate(OUTSIDE + '/kept.txt', 0)",
    "by descriptor": "import os; os.unlink('kept.txt', dir_fd=os.open(OUTSIDE, os.O_RDONLY))",
}


@pytest.mark.parametrize("how", CHANGES)
def test_nothing_outside_the_writable_folders_changes(place: Place, how: str) -> None:
    outside = place.folder / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept", "utf-8")
    result = place.run(f"OUTSIDE = {str(outside)!r}\n{CHANGES[how]}")
    assert result.status == "failed"
    assert result.forbidden[0].startswith(f"write {outside}")
    assert {path.name: path.read_text("utf-8") for path in outside.iterdir()} == {
        "kept.txt": "kept"
    }


def test_a_writable_folder_is_made_and_written(place: Place) -> None:
    shared = place.folder / "cache" / "prepared"
    text = f"open({str(shared / 'a.pkl')!r}, 'w').write('x')"
    result = place.run(text, writable=(str(shared),))
    assert result.status == "ok"
    assert (shared / "a.pkl").read_text("utf-8") == "x"


OTHERS = {
    "process ls": "import subprocess; subprocess.run(['ls'])",
    "process touch x": "import os; os.system('touch x')",
    "process /bin/sh": "import os; os.execv('/bin/sh', ['sh', '-c', 'ls'])",
    "network 192.0.2.1": "import socket; socket.create_connection(('192.0.2.1', 80), 5)",
    "network example.org": "import urllib.request as u; u.urlopen('http://example.org', timeout=5)",
    "network tells.example.org": "import socket; socket.gethostbyaddr('tells.example.org')",
    "network 192.0.2.7": "import socket; socket.getnameinfo(('192.0.2.7', 53), 0)",
}


@pytest.mark.parametrize("line", OTHERS)
def test_processes_and_network_are_refused_but_do_not_void_a_run(place: Place, line: str) -> None:
    swallowed = f"try:\n    {OTHERS[line]}\nexcept OSError as error:\n    print(error)\n"
    result = place.run(swallowed)
    assert result.status == "ok"
    assert result.forbidden == (line,)
    assert "iiml: a run may not do this" in result.log_tail


def judged(event: str, *arguments: object, folder: Path) -> list[str]:
    """What the hook alone records of an event, in a process that no kernel holds."""
    record = folder / "forbidden.txt"
    hook = Hook(Policy([], [], [str(folder)]), str(record), confined=False)
    with suppress(PermissionError):
        hook(event, arguments)
    return record.read_text("utf-8").splitlines() if record.exists() else []


@pytest.mark.parametrize("event", ["socket.connect", "socket.sendto", "socket.sendmsg"])
def test_nothing_is_sent_to_another_machine(tmp_path: Path, event: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        told = judged(event, channel, ("192.0.2.1", 9), folder=tmp_path)
    assert told == ["network 192.0.2.1"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets that are files")
def test_sockets_that_are_files_are_used_in_writable_folders_alone(tmp_path: Path) -> None:
    own, service = tmp_path / "run" / "listener", tmp_path / "docker.sock"
    own.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as channel:
        for address, refused in (
            (str(own), []),
            (bytes(own), []),
            (str(service), [f"network {os.path.realpath(service)}"]),
            ("\0bus", ["network @bus"]),
        ):
            for event in ("socket.connect", "socket.bind"):
                told = judged(event, channel, address, folder=own.parent)
                assert told[-1:] == refused
                (own.parent / "forbidden.txt").unlink(missing_ok=True)
        assert judged("socket.sendmsg", channel, None, folder=own.parent) == []


NATIVE = """
import ctypes, socket, subprocess, sys
native = ctypes.CDLL(None).socket
print(native(socket.AF_INET, socket.SOCK_DGRAM, 0), native(socket.AF_UNIX, 1, 0) > 0)
child = "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
answer = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True)
print(answer.stderr.strip().splitlines()[-1])
"""


def test_the_kernel_keeps_native_code_and_children_from_other_machines(place: Place) -> None:
    if not place.has_landlock():
        pytest.skip("this system lets a run start no child")
    result = place.run(NATIVE)
    assert result.log_tail == "-1 True\nPermissionError: [Errno 13] Permission denied\n"


def landlock_version() -> int:
    """What the kernel can refuse; -1 where it has no Landlock."""
    if sys.platform != "linux":
        return -1
    return int(ctypes.CDLL(None).syscall(landlock.CREATE_RULESET, None, ctypes.c_size_t(0), 1))


@pytest.mark.skipif(landlock_version() < 6, reason="needs Linux 6.12")
def test_the_kernel_keeps_children_from_sockets_of_others_without_files(place: Place) -> None:
    name = f"iiml-test-{os.getpid()}"
    text = f"""
import subprocess, sys
child = "import socket, sys; socket.socket(socket.AF_UNIX).connect(chr(0) + sys.argv[1])"
subprocess.run([sys.executable, "-c", child, {name!r}])
"""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        assert "PermissionError" in place.run(text).log_tail


@pytest.mark.parametrize("alone", [True, False])
def test_children_are_started_only_where_the_kernel_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    installed: list[bool] = []
    parts = {
        "policy": policy,
        "landlock": SimpleNamespace(restrict=lambda policy: True),
        "seccomp": SimpleNamespace(keep_to_this_machine=lambda: alone),
        "hook": SimpleNamespace(install=lambda *asked, confined: installed.append(confined)),
    }
    monkeypatch.setattr(guard, "part", parts.get)
    names = ("refused", "allowed", "writable")
    settings: dict[str, Any] = {name: [] for name in names}
    settings |= {"confinement": str(tmp_path / "confinement.txt"), "record": ""}
    guard.confine(settings, str(tmp_path / "script.py"))
    assert installed == [alone]


def test_processes_that_talk_by_sockets_work_under_guard(place: Place) -> None:
    text = """
import multiprocessing

def double(value):
    return value * 2

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Manager() as manager:
        shared = manager.list([1, 2])
        shared.append(3)
        print(list(shared))
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        print(pool.map(double, [4]))
"""
    if not place.has_landlock():
        pytest.skip("this system lets a run start no child")
    result = place.run(text)
    assert (result.status, result.forbidden) == ("ok", ()), result.log_tail
    assert result.log_tail == "[1, 2, 3]\n[8]\n"


def test_data_loaders_of_torch_work_under_guard(place: Place) -> None:
    pytest.importorskip("torch")
    text = """
import torch
from torch.utils.data import DataLoader, TensorDataset

if __name__ == "__main__":
    rows = TensorDataset(torch.arange(6.0))
    for context in ("fork", "spawn"):
        loader = DataLoader(rows, batch_size=3, num_workers=1, multiprocessing_context=context)
        print([batch[0].sum().item() for batch in loader])
"""
    if not place.has_landlock():
        pytest.skip("this system lets a run start no child")
    result = place.run(text)
    assert (result.status, result.forbidden) == ("ok", ()), result.log_tail
    assert result.log_tail == "[3.0, 12.0]\n" * 2


def test_libraries_work_under_guard(place: Place) -> None:
    text = """
import multiprocessing
import numpy as np
from joblib import Parallel, delayed
from sklearn.ensemble import ExtraTreesClassifier

def double(value):
    return value * 2

if __name__ == "__main__":
    X = np.arange(40.0).reshape(20, 2)
    ExtraTreesClassifier(5, n_jobs=2).fit(X, X[:, 0] > 9)
    print(Parallel(n_jobs=2)(delayed(double)(n) for n in range(3)))
    with multiprocessing.get_context("fork").Pool(1) as pool:
        print(pool.map(double, [4]))
"""
    result = place.run(text)
    assert (result.status, result.forbidden) == ("ok", ())
    assert result.log_tail.endswith("[0, 2, 4]\n[8]\n")


def test_catboost_writes_its_files_into_the_run_folder(place: Place) -> None:
    pytest.importorskip("catboost")
    text = """
import catboost
catboost.CatBoostRegressor(iterations=3, thread_count=1).fit([[1], [2], [3]], [1, 2, 3])
"""
    result = place.run(text)
    assert (result.status, result.forbidden) == ("ok", ())
    assert (place.runs / "work" / "catboost_info").is_dir()


def test_the_guard_is_not_on_the_path_of_the_script(place: Place) -> None:
    text = "import sys\nprint(sys.path[0])\nimport importlib.util as u\nprint(u.find_spec('hook'))"
    assert place.run(text).log_tail == f"{place.folder / 'scripts'}\nNone\n"


def test_the_deepest_folder_decides(tmp_path: Path) -> None:
    root = os.path.realpath(tmp_path)
    policy = Policy([f"{root}/a", f"{root}/a/b/c"], [f"{root}/a/b"], [f"{root}/w"])
    verdicts = {path: policy.may_read(f"{root}{path}") for path in ("/x", "/a/x", "/a/b/x")}
    assert verdicts == {"/x": True, "/a/x": False, "/a/b/x": True}
    assert not policy.may_read(f"{root}/a/b/c/x")
    assert policy.may_read(f"{root}/ab")


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
def test_readable_roots_leave_out_refused_folders_and_links_to_them(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    for name in ("secret/inside/run", "open"):
        (root / name).mkdir(parents=True)
    (root / "link").symlink_to(root / "secret")
    policy = Policy([str(root / "secret")], [], [str(root / "secret/inside/run")])
    roots = [path for path in policy.readable_roots() if path.startswith(str(root))]
    assert sorted(roots) == [str(root / "open"), str(root / "secret/inside/run")]
