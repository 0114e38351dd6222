"""Verb `unpack`: the competition with its archives unpacked, in the cache beside the original.

Plain files are linked (or copied), so that everything later reads one folder. The result is named
by what it was made of, built aside and renamed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .archives import UNREADABLE, is_archive, room_for, unpack_archive
from .built_once import built_once
from .errors import DataError
from .tables import is_ours_to_read

FORM = 2
KEY_CHARACTERS = 20
DEEPEST = 3
READ_FOR_KEY = 1 << 26


def unpack(params: dict[str, Any]) -> dict[str, Any]:
    """Params: folder, cache. The folder to read, and the archives that were unpacked into it.

    Without archives it is the folder itself. Raises DataError for an archive that is broken,
    protected or not to be trusted.
    """
    folder, cache = Path(params["folder"]), Path(params["cache"])
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder", hint="Give the folder of the competition.")
    files = list(plain_files(folder, folder))
    packed = [path for path in files if is_archive(path.name)]
    names = sorted(path.relative_to(folder).as_posix() for path in packed)
    troubles = [unreadable(path) for path in files if path.name.lower().endswith(UNREADABLE)]
    if not names:
        return {"folder": str(folder), "archives": [], "troubles": troubles}
    home = cache / key_of(folder, files) / (folder.resolve().name or "data")
    built_once(home, lambda aside: lay_out(folder, files, aside))
    return {"folder": str(home), "archives": names, "troubles": troubles}


def unreadable(path: Path) -> dict[str, str]:
    """What to say about an archive of a kind that Python cannot unpack."""
    message = f"{path.name} is an archive of a kind that is not unpacked"
    return {"file": path.name, "message": message, "hint": "Unpack it by hand into the folder."}


def plain_files(root: Path, folder: Path) -> Iterator[Path]:
    """Files of a competition in order of their paths, without hidden ones and our own."""
    depth = len(folder.relative_to(root).parts)
    for path in sorted(folder.iterdir()):
        if not is_ours_to_read(path) or (depth == 0 and path.name == "iiml"):
            continue
        if path.is_dir():
            if not path.is_symlink() or depth < DEEPEST:
                yield from plain_files(root, path)
        elif path.is_file():
            yield path


def key_of(folder: Path, files: list[Path]) -> str:
    """A hash of names, sizes and times, and of the bytes of archives that are not huge."""
    digest = hashlib.sha256(f"{FORM} {folder.resolve()}".encode())
    for path in files:
        status = path.stat()
        told = f"{path.relative_to(folder).as_posix()}\0{status.st_size}\0"
        if is_archive(path.name) and status.st_size <= READ_FOR_KEY:
            told += hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            told += str(status.st_mtime_ns)
        digest.update(told.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:KEY_CHARACTERS]


def lay_out(folder: Path, files: list[Path], out: Path) -> None:
    """Links to plain files, then what the archives hold, then what archives among that hold."""
    for path in files:
        if not is_archive(path.name):
            linked(path, out / path.relative_to(folder))
    inner: list[Path] = []
    for path in files:
        if is_archive(path.name):
            place = (out / path.relative_to(folder)).parent
            place.mkdir(parents=True, exist_ok=True)
            inner += unpack_archive(path, place, room_for(path, out))
    for path in inner:
        if is_archive(path.name):
            unpack_archive(path, path.parent, room_for(path, out))
            path.unlink()


def linked(source: Path, target: Path) -> None:
    """A hard link; a copy where the cache lies on another disk or links are not allowed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
