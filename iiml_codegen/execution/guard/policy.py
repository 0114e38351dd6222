"""What a script may read and write: the deepest folder that holds a path decides."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

DEVICES = ("/dev", "/proc")
"""Written by libraries for semaphores, null output and thread names."""


def real(path: str) -> str:
    """The path without links, as the file system knows it."""
    return os.path.normcase(os.path.realpath(path))


def interpreter_folders() -> list[str]:
    """Where the running interpreter and its packages live, often inside a competition folder."""
    prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    return sorted({real(path) for path in [*prefixes, *sys.path] if path and os.path.exists(path)})


class Policy:
    """Folders that are refused, folders inside them that are allowed, folders that are writable."""

    def __init__(
        self, refused: Iterable[str], allowed: Iterable[str], writable: Iterable[str]
    ) -> None:
        self.refused = frozenset(real(path) for path in refused)
        self.writable = frozenset(real(path) for path in writable)
        self.allowed = frozenset(real(path) for path in allowed) | self.writable

    def may_read(self, path: str) -> bool:
        """Whether a real path lies outside every refused folder, or in an allowed one deeper."""
        while path not in self.refused:
            parent = os.path.dirname(path)
            if path in self.allowed or parent == path:
                return True
            path = parent
        return False

    def may_write(self, path: str) -> bool:
        """Whether a real path lies in a writable folder, or is a device."""
        while path not in self.writable and path not in DEVICES:
            parent = os.path.dirname(path)
            if parent == path:
                return os.path.basename(path).lower() == "nul"
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
