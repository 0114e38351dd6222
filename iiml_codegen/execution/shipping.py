"""Files of a run as bundles, for a machine that does not share our file system.

A run under guard may read what its spec lists and nothing else of ours: that is what travels. A
bundle is a tar of one path, named by the path and by what lay there, so that a machine unpacks
each only once. On the other side paths are translated, and what a run wrote is translated back.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.files import write_atomically

TEXTS = (".json", ".txt", ".log")
"""Files of a run that name paths."""
DRAFT = ".part"
"""Files that generated code is about to rename."""


def travels(spec: RunSpec, package: Path) -> tuple[str, ...]:
    """The paths that a run needs, except for what every machine has: Python and our package."""
    own = [os.path.realpath(path) for path in (package, Path(spec.interpreter).parents[1])]
    wanted = (str(Path(spec.script).parent), spec.folder, *spec.allowed_reads, *spec.writable)
    outside = [path for path in dict.fromkeys(wanted) if not is_below(path, own)]
    return tuple(path for path in outside if not is_below(path, [p for p in outside if p != path]))


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of the folders or lies in one."""
    real = os.path.realpath(path)
    return any(real == folder or real.startswith(folder + os.sep) for folder in folders)


def fingerprint(path: Path) -> str:
    """A name for a path with what lies there now, by names, sizes and times of change."""
    seen = hashlib.sha256(str(path).encode())
    for one in sorted([path, *path.rglob("*")]) if path.exists() else []:
        if one.is_file():
            state = one.stat()
            seen.update(f"\0{one}\0{state.st_size}\0{state.st_mtime_ns}".encode())
    return seen.hexdigest()[:24]


def packed(path: Path) -> bytes:
    """A file or folder as a tar; what is not there is empty. Links are followed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True, encoding="utf-8") as tar:
        if path.exists():
            tar.add(path, arcname=path.name)
    return buffer.getvalue()


def unpacked(data: bytes, folder: Path) -> None:
    """Unpack a tar beside `folder` and rename it; what somebody unpacked before stays."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(made, filter="data")
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)


def added(data: bytes, folder: Path) -> None:
    """Unpack a tar into a folder that several runs write to: only the files that it lacks."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(made, filter="data")
    for source in sorted(path for path in made.rglob("*") if path.is_file()):
        target = folder / source.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            source.replace(target)
    shutil.rmtree(made)


def translated(text: str, places: Mapping[str, str]) -> str:
    """A path, or a text that names paths, with each known path replaced; the longest counts."""
    known = "|".join(re.escape(path) for path in sorted(places, key=len, reverse=True))
    return re.sub(known, lambda found: places[found[0]], text) if known else text


def moved_spec(spec: RunSpec, places: Mapping[str, str], refused: str, python: str) -> RunSpec:
    """The spec as another machine can run it; it may read nothing in `refused` but its own."""

    def moved(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(translated(path, places) for path in paths)

    return msgspec.structs.replace(
        spec,
        script=translated(spec.script, places),
        folder=translated(spec.folder, places),
        interpreter=spec.interpreter if Path(spec.interpreter).exists() else python,
        arguments=moved(spec.arguments),
        refused_reads=(refused,),
        allowed_reads=moved(spec.allowed_reads),
        writable=moved(spec.writable),
    )


def written_since(folder: Path, before: float) -> list[Path]:
    """Files of a folder that changed after a time (of the file system), in order; no drafts."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    whole = [path for path in files if path.suffix != DRAFT]
    return sorted(path for path in whole if path.stat().st_mtime >= before)


def gathered(places: Mapping[str, Path], since: float) -> dict[str, bytes]:
    """What a run wrote below each of these folders, by the path it has at home."""
    return {
        str(Path(home) / path.relative_to(here)): path.read_bytes()
        for home, here in places.items()
        for path in written_since(here, since)
    }


def brought_home(files: Mapping[str, bytes], places: Mapping[str, str], run: Path) -> None:
    """Write what a run wrote elsewhere, its result last; outside its folder only what is new."""
    back = {there: home for home, there in places.items()}
    result = str(run / "result.json")
    for name in sorted(files, key=lambda name: (name == result, name)):
        path, data = Path(name), files[name]
        if path.suffix in TEXTS:
            data = translated(data.decode("utf-8", "surrogateescape"), back).encode(
                "utf-8", "surrogateescape"
            )
        if is_below(name, [os.path.realpath(run)]) or not path.exists():
            write_atomically(path, data)
