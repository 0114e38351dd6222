"""Files brought into a shadow: linked where the disk allows it, copied where it does not."""

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


def write_bytes(target: Path, data: bytes) -> None:
    """A small file with the folders above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
