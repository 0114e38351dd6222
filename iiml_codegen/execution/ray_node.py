"""What runs on a node of a Ray cluster: our supervisor, as a child of the task.

A task is given a folder that the node sees, too, or bundles of files. Either way the run's
supervisor holds it to its limits, and `result.json` is the truth. When the task's process dies,
the supervisor ends the script and leaves no result: that run is lost, and somebody else's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from iiml_codegen import __version__
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution import boot
from iiml_codegen.execution.environment import clean_environment, machine_memory, own_places
from iiml_codegen.execution.ray_messages import Fitness, Order, Question, decode, encode
from iiml_codegen.execution.shipping import added, gathered, moved_spec, unpacked

PACKAGE = Path(__file__).resolve().parents[1]
KEPT_SECONDS = 3 * 86_400.0


def fitness(message: bytes) -> bytes:
    """Whether this node can run what a `Question` is about, and whether it shares our files."""
    question = decode(message, Question)
    if question.version != __version__:
        return encode(Fitness(False, f"has iiML {__version__}, not {question.version}"))
    forget_old(store())
    shares = all(holds(path, question.token) for path in question.tokens)
    return encode(Fitness(shares and Path(question.interpreter).exists()))


def holds(path: str, token: str) -> bool:
    """Whether a file is there and says just this."""
    try:
        return Path(path).read_text("ascii") == token
    except (OSError, UnicodeDecodeError):
        return False


def run_in_place(message: bytes) -> None:
    """Run the spec of a folder that this node sees."""
    order = decode(message, Order)
    supervise(Path(order.folder), order.share)


def run_shipped(message: bytes, *bundles: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """Run a spec from bundles: what it wrote, by the paths at home, and where each path was here.

    Bundles stay on the node for later runs, and so does what a run wrote for others beside its
    own folder.
    """
    order = decode(message, Order)
    root, spec = store(), from_json(order.spec.encode(), RunSpec)
    own = Path(tempfile.mkdtemp(dir=made(root / "runs")))
    places = {order.package: str(PACKAGE)}
    for (path, name), data in zip(order.bundles, bundles, strict=True):
        folder = root / "bundles" / name
        if path == spec.folder:
            folder = own / "run"
        if path in spec.writable:
            folder = root / "shared" / hashlib.sha256(path.encode()).hexdigest()[:24]
        unpack = added if path in spec.writable else unpacked
        unpack(data, folder)
        places[path] = str(folder / Path(path).name)
    try:
        files = run_moved(moved_spec(spec, places, str(root), sys.executable), order, places)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    return files, places


def run_moved(spec: RunSpec, order: Order, places: Mapping[str, str]) -> dict[str, bytes]:
    """Run a translated spec; what it wrote, by the paths at home."""
    outputs = {
        path: made(Path(places[path]))
        for path, _ in order.bundles
        if places[path] in (spec.folder, *spec.writable)
    }
    folder = Path(spec.folder)
    started = stamp(folder)
    (folder / "spec.json").write_bytes(to_json(spec))
    supervise(folder, order.share)
    (folder / "spec.json").unlink()
    return gathered(outputs, started)


def store() -> Path:
    """Where this user's bundles lie on this node. Raises `EnvironmentProblem` if not ours alone."""
    if sys.platform == "win32":  # the temporary folder is the user's own there
        return made(Path(tempfile.gettempdir()) / "iiml-ray")
    folder = made(Path(tempfile.gettempdir()) / f"iiml-ray-{os.getuid()}")
    state = folder.lstat()
    if folder.is_symlink() or state.st_uid != os.getuid() or state.st_mode & 0o022:
        raise EnvironmentProblem(f"{folder} is not ours alone", hint="remove it on that node")
    return folder


def forget_old(root: Path) -> None:
    """Remove what no run has unpacked for days."""
    oldest = time.time() - KEPT_SECONDS
    for folder in [*root.glob("bundles/*"), *root.glob("shared/*"), *root.glob("runs/*")]:
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def made(folder: Path) -> Path:
    """A folder that only we may read, made if need be."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def stamp(folder: Path) -> float:
    """The time by the file system's clock."""
    mark = folder / ".started"
    mark.touch()
    time_of = mark.stat().st_mtime
    mark.unlink()
    return time_of


def supervise(folder: Path, share: float) -> None:
    """Start the supervisor of a folder and wait for it; an interrupt asks it to stop."""
    memory = int(machine_memory() * share)
    with (folder / "supervisor.log").open("wb") as log:
        child = subprocess.Popen(
            boot.command(
                "iiml_codegen.execution.supervisor", str(folder), str(os.getpid()), str(memory)
            ),
            cwd=folder,
            env=clean_environment(1) | own_places(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    while True:
        try:
            child.wait()
            return
        except KeyboardInterrupt:
            (folder / "stop").touch()
