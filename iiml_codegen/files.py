"""Files that are replaced whole or not at all, also where another program holds them open.

On Windows a file that somebody has open can be neither replaced nor removed; on POSIX systems it
can. Both calls here wait a moment for such a program, and then say what stands in the way.
"""

from __future__ import annotations

import errno
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from iiml_codegen.errors import EnvironmentProblem

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts: virus scanners and readers let go sooner, spreadsheets never do."""
FULL = {errno.ENOSPC: "the disk is full", errno.EFBIG: "the file is too large for this disk"}
FULL |= {errno.EDQUOT: "your quota is used up", errno.EROFS: "the disk is read-only"}
LONGEST_PLAIN = 150
"""Characters of a Windows folder below which the paths in it stay under the 260 of MAX_PATH."""
EXTENDED = "\\\\?\\"


class StorageError(EnvironmentProblem):
    """A disk does not take what is written; the file that was there before is whole."""

    code = "IIML909"


class FileHeldError(StorageError):
    """A file cannot be replaced or removed, most likely because another program has it open."""

    code = "IIML910"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: temporary file beside it, flushed to disk, renamed over it.

    The folder is made if need be, and the permissions of an existing file are kept. Raises
    `StorageError` for a full disk, `FileHeldError` for a file that another program holds.
    """
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}")
    with _storage_trouble(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def replace(source: Path, target: Path) -> None:
    """Rename `source` over `target`; raises `FileHeldError` where that stays refused."""
    _insist(lambda: os.replace(source, target), target)


def remove(path: Path) -> None:
    """Remove a file if it is there; raises `FileHeldError` where that stays refused."""
    _insist(lambda: path.unlink(missing_ok=True), path)


def reachable(path: Path) -> Path:
    """The path as the system can follow it: on Windows long ones need the extended form."""
    return Path(extended(str(path))) if sys.platform == "win32" else path


def extended(path: str) -> str:
    """An absolute Windows path, with the prefix that lifts the limit of 260 if it is long."""
    if len(path) <= LONGEST_PLAIN or path.startswith(EXTENDED):
        return path
    return f"{EXTENDED}UNC{path[1:]}" if path.startswith("\\\\") else EXTENDED + path


def _insist(act: Callable[[], None], path: Path) -> None:
    for pause in PAUSES:
        try:
            return act()
        except PermissionError:
            time.sleep(pause)
    try:
        act()
    except PermissionError as error:
        raise FileHeldError(
            f"{path} cannot be replaced: {error.strerror}",
            hint="close the program that has it open, a spreadsheet for example",
            retryable=True,
        ) from error


@contextmanager
def _storage_trouble(path: Path) -> Iterator[None]:
    """Full disks as `StorageError`; other trouble is the caller's."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise StorageError(
            f"cannot write {path}: {FULL[error.errno]}",
            hint="make room, then `iiml resume` goes on; what was there before is kept",
            retryable=True,
        ) from error
