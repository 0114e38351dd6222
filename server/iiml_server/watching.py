"""Watching folders: wakes a session when a file in them changes, as far as the system tells."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

log = logging.getLogger("iiml.server")
NETWORK = {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "9p", "davfs"}
NETWORK |= {"fuse.sshfs", "fuse.gcsfuse", "fuse.s3fs", "fuse.rclone", "virtiofs", "vboxsf", "ncpfs"}
CHANGES: list[type[FileSystemEvent]] = [
    FileModifiedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
]
"""What wakes: opening and reading do not, or every look would cause the next one."""
Observe = Callable[[], BaseObserver]
Known = tuple[Path, int]
"""A folder and its number on the disk: another folder of the same name is watched anew."""


class Watch:
    """Calls `wake`, from any thread, when something changes directly in the watched folders.

    `blind` says that the system does not tell of all changes: then somebody has to look again.
    `observe` makes the observer when one is needed.
    """

    def __init__(self, wake: Callable[[], None], observe: Observe = Observer) -> None:
        self._handler = Handler(wake)
        self._observe = observe
        self._observer: BaseObserver | None = None
        self._watched: dict[Known, ObservedWatch] = {}
        self.blind = False

    def point_at(self, folders: Iterable[Path]) -> None:
        """Watch these folders, those that exist, and no others; may wait for the disk."""
        wanted = {known for folder in folders if (known := _known(folder)) is not None}
        for known in self._watched.keys() - wanted:
            self._stop(self._watched.pop(known))
        for known in sorted(wanted - self._watched.keys()):
            watch = None if is_remote(known[0]) else self._start(known[0])
            if watch is not None:
                self._watched[known] = watch
        self.blind = len(self._watched) < len(wanted)

    def close(self) -> None:
        """Watch nothing any more."""
        self.point_at(())
        if self._observer is not None:
            self._observer.stop()

    def _start(self, folder: Path) -> ObservedWatch | None:
        """Watch a folder without those in it; None where the system has no watches left."""
        try:
            if self._observer is None:
                observer = self._observe()
                observer.daemon = True
                observer.start()
                self._observer = observer
            return self._observer.schedule(
                self._handler, str(folder), recursive=False, event_filter=CHANGES
            )
        except OSError as error:
            log.info("%s is looked at, not watched: %s", folder.name, error.strerror)
            return None

    def _stop(self, watch: ObservedWatch) -> None:
        assert self._observer is not None
        self._observer.unschedule(watch)


class Handler(FileSystemEventHandler):
    """Wakes a session, whatever changed."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Something changed."""
        self._wake()


def _known(folder: Path) -> Known | None:
    try:
        return folder, folder.stat().st_ino
    except OSError:
        return None


def is_remote(folder: Path) -> bool:
    """Whether a folder lies on another machine, whose changes the system does not tell."""
    around = []
    for disk in psutil.disk_partitions(all=True):
        mount = disk.mountpoint.rstrip(os.sep) + os.sep
        if f"{folder}{os.sep}".startswith(mount):
            around.append((len(mount), disk.fstype.lower() in NETWORK or "remote" in disk.opts))
    return max(around, default=(0, False))[1]
