"""Folders in the cache that are whole or absent, also when two processes build them at once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def built_once(home: Path, build: Callable[[Path], None]) -> None:
    """Build in a neighbouring folder and rename it; who comes second uses the first one's."""
    if home.is_dir():
        return
    home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=home.parent))
    try:
        build(aside)
        aside.chmod(0o755)
        _rename(aside, home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _rename(aside: Path, home: Path) -> None:
    try:
        os.rename(aside, home)
    except OSError:
        if not home.is_dir():
            raise
