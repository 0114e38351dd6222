"""What the installed libraries offer: names and signatures, read by jedi from the user's Python."""

from __future__ import annotations

from pathlib import Path


class InstalledLibraries:
    """The libraries of one interpreter; jedi reads them in a process of that interpreter."""

    def __init__(self, interpreter: Path) -> None:
        self.interpreter = interpreter
