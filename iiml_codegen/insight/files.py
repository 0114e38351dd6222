"""Files that are read again only when they change, by the time and size that the disk tells."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from iiml_codegen.domain.wire import from_json

T = TypeVar("T")
Signature = tuple[int, int]
log = logging.getLogger("iiml.insight")


def signature(path: Path) -> Signature | None:
    """Time and size of a file; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


class Remembered(Generic[T]):
    """What is made of files, by path; made anew when a file is another one."""

    def __init__(self, make: Callable[[Path], T | None]) -> None:
        self.make = make
        self.known: dict[Path, tuple[Signature, T | None]] = {}

    def of(self, path: Path) -> T | None:
        """What a file says now; None where it is missing or says nothing that can be read."""
        now = signature(path)
        if now is None:
            self.known.pop(path, None)
            return None
        before = self.known.get(path)
        if before is None or before[0] != now:
            before = self.known[path] = (now, self.make(path))
        return before[1]


def json_file(kind: type[T]) -> Remembered[T]:
    """Files that hold JSON of one kind; one that does not is told to the log, once."""

    def make(path: Path) -> T | None:
        try:
            return from_json(path.read_bytes(), kind)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            log.warning("%s cannot be read: %s", path.name, error)
            return None

    return Remembered(make)


def text_of(path: Path) -> str | None:
    """A text with its line ends; bytes that are no text stay as lone surrogates."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None
