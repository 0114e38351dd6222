"""Files brought into a shadow: linked where the disk allows it, copied where it does not.

A hard link has the number and the times of the file that it leads to. Where names tell labels,
these lead to the label: by times, as classes are often unpacked one after the other, or by asking
for the number of a name that can be guessed. There one fresh copy is made, and linked to.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def bring(source: Path, target: Path) -> None:
    """A hard link to what `source` leads to; a copy where the cache lies on another disk.

    Nothing happens where the target is there already: rows may share a file.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    real = os.path.realpath(source)
    try:
        os.link(real, target)
    except OSError:
        shutil.copyfile(real, target)


class FreshCopies:
    """Copies that have numbers and times of their own; each file is copied once and then linked.

    Times are in the order of the first copies, which is canonical and tells nothing.
    """

    def __init__(self) -> None:
        self._first: dict[str, Path] = {}

    def bring(self, source: Path, target: Path) -> None:
        """A link to the copy of `source`, or the first copy; nothing where the target is there."""
        if target.exists():
            return
        known = self._first.get(os.fspath(source))
        if known is not None and known.exists():
            bring(known, target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(os.path.realpath(source), target)
        self._first[os.fspath(source)] = target


def write_bytes(target: Path, data: bytes) -> None:
    """A small file with the folders above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
