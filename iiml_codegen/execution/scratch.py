"""Home and temporary files of a script: in its run's folder, and gone when it has ended."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 70
"""Bytes of a temporary folder's path, in which sockets of multiprocessing lie: their own paths end
at 104 to 108, and a loader of torch whose workers cannot make one waits for ever."""


@contextmanager
def scratch(folder: Path) -> Iterator[dict[str, str]]:
    """The variables that name both, for as long as the block runs."""
    home, temporary = folder / "home", folder / "tmp"
    for made in (home, temporary):
        made.mkdir(parents=True, exist_ok=True)
    short = _short(temporary)
    try:
        places = {name: str(short) for name in ("TMPDIR", "TMP", "TEMP")}
        names = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
        yield places | dict.fromkeys(names, str(home))
    finally:
        if short != temporary:
            short.unlink(missing_ok=True)
        for made in (home, temporary):
            shutil.rmtree(made, ignore_errors=True)


def _short(folder: Path) -> Path:
    """The folder, or a link to it where its path is too long and a link can be made."""
    if sys.platform == "win32" or len(os.fsencode(folder)) <= LONGEST:
        return folder  # there are no such sockets on Windows
    link = Path(tempfile.gettempdir()) / f"iiml-{secrets.token_hex(8)}"
    try:
        link.symlink_to(folder)
    except OSError:
        return folder
    return link
