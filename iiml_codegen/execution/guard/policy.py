"""What a script may read and write: the deepest folder that holds a path decides."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable

DEVICES = ("nul",) if sys.platform == "win32" else ("/dev", "/proc")
"""Written by libraries for semaphores, null output and thread names."""
PREFIXES = (("\\\\?\\unc\\", "\\\\"), ("\\\\?\\", ""), ("\\\\.\\", ""))
"""Other ways that Windows has to write a path, in lower case, and what they come to."""


def real(path: str) -> str:
    """The path without links, as the file system knows it."""
    found = os.path.normcase(os.path.realpath(path))
    return unprefixed(found) if sys.platform == "win32" else found


def unprefixed(path: str) -> str:
    """A Windows path without the prefix that lifts limits: `\\\\?\\c:\\data` is `c:\\data`."""
    for prefix, plain in PREFIXES:
        if path.startswith(prefix):
            return plain + path[len(prefix) :]
    return path


def interpreter_folders() -> list[str]:
    """Where the running interpreter and its packages live, often inside a competition folder."""
    prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    return sorted({real(path) for path in [*prefixes, *sys.path] if path and os.path.exists(path)})


def is_case_blind(path: str) -> bool:
    """Whether the file system takes a name for the same in another case (macOS, mounted disks)."""
    while (parent := os.path.dirname(path)) != path:
        other = os.path.join(parent, os.path.basename(path).swapcase())
        if other != path and os.path.exists(other) and os.path.samefile(path, other):
            return True
        path = parent
    return False


class Policy:
    """Folders that are refused, folders inside them that are allowed, folders that are writable.

    `case_blind` says that paths which differ in case or in composed letters are the same; by
    default the refused folders' file system is asked.
    """

    def __init__(
        self,
        refused: Iterable[str],
        allowed: Iterable[str],
        writable: Iterable[str],
        case_blind: bool | None = None,
    ) -> None:
        self.refused = frozenset(real(path) for path in refused)
        self.writable = frozenset(real(path) for path in writable)
        self.allowed = frozenset(real(path) for path in allowed) | self.writable
        asked = case_blind is None
        self._folds = any(map(is_case_blind, self.refused)) if asked else bool(case_blind)
        self._refused, self._allowed, self._writable = (
            frozenset(map(self._same, paths))
            for paths in (self.refused, self.allowed, self.writable)
        )

    def _same(self, path: str) -> str:
        """The path in the form in which equal ones are equal."""
        return unicodedata.normalize("NFC", path).casefold() if self._folds else path

    def may_read(self, path: str) -> bool:
        """Whether a real path lies outside every refused folder, or in an allowed one deeper."""
        path = self._same(path)
        while path not in self._refused:
            parent = os.path.dirname(path)
            if path in self._allowed or parent == path:
                return True
            path = parent
        return False

    def may_write(self, path: str) -> bool:
        """Whether a real path lies in a writable folder, or is a device."""
        path = self._same(path)
        while path not in self._writable and path not in DEVICES:
            parent = os.path.dirname(path)
            if parent == path:
                return False
            path = parent
        return True

    def readable_roots(self) -> list[str]:
        """Folders and files that together hold everything readable: the refused ones left out.

        Lists the ancestors of refused folders; raises OSError where one cannot be listed. Links are
        left out, because a link into a refused folder would open it.
        """
        roots = [path for path in self.allowed if not self.may_read(os.path.dirname(path))]
        waiting = [os.sep]
        while waiting:
            folder = waiting.pop()
            if folder in self.refused:
                continue
            if any(path.startswith(os.path.join(folder, "")) for path in self.refused):
                with os.scandir(folder) as entries:
                    waiting += [entry.path for entry in entries if not entry.is_symlink()]
            else:
                roots.append(folder)
        return [path for path in roots if path not in self.refused]
