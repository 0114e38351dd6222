"""The lock of a competition folder: one solver at a time, and a note of who it is.

The operating system's lock decides, because it dies with its process; the readable file beside
it only tells people and viewers who holds it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from types import TracebackType

import filelock
import msgspec
import psutil

from iiml_codegen.domain.wire import Frozen, from_json, to_json
from iiml_codegen.errors import FolderBusyError
from iiml_codegen.files import remove, write_atomically

PATIENCE = 2.0
"""Seconds to wait for a lock that a viewer may be probing just now."""


class Holder(Frozen):
    """Who holds a lock; `started` is the process's start time in Unix seconds."""

    host: str
    pid: int
    started: float

    def alive(self) -> bool | None:
        """Whether that process runs; None where another host or user would have to be asked."""
        if self.host != socket.gethostname():
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return None


def holder_of(pid: int) -> Holder:
    """A process of this machine as a holder; `started` is 0 for one that is gone already."""
    try:
        started = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        started = 0.0
    return Holder(host=socket.gethostname(), pid=pid, started=started)


class FolderLock:
    """The right to be a folder's solver; a context manager. Raises `FolderBusyError`."""

    def __init__(self, path: Path) -> None:
        self._note = _note(path)
        self._lock = filelock.FileLock(path)
        self._path = path

    def __enter__(self) -> FolderLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=PATIENCE, poll_interval=0.1)
        except filelock.Timeout:
            raise FolderBusyError(
                f"another solver works on this folder{_who(self._path)}",
                hint="wait for it, or press Ctrl-C where `iiml solve` shows it",
            ) from None
        write_atomically(self._note, to_json(holder_of(os.getpid())))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        remove(self._note)
        self._lock.release()


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path`, or None if nobody does."""
    try:
        found = from_json(_note(path).read_bytes(), Holder)
    except (FileNotFoundError, PermissionError, msgspec.DecodeError):
        return None
    alive = found.alive()
    return found if alive or (alive is None and _locked(path)) else None


def holds(path: Path, one: Holder) -> bool:
    """Whether just this process of this machine holds the lock at `path`, as the system says too.

    A note alone can be anybody's; whoever ends a process asks here first.
    """
    return holder(path) == one and one.alive() is True and _locked(path)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _who(path: Path) -> str:
    found = holder(path)
    return f" (process {found.pid} on {found.host})" if found else ""


def _locked(path: Path) -> bool:
    """Whether the operating system's lock is taken, by trying to take it."""
    if not os.access(path, os.W_OK):
        return False
    lock = filelock.FileLock(path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return True
    lock.release()
    return False
