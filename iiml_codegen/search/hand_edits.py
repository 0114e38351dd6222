"""Which modules of a folder a person changed since they were generated."""

from __future__ import annotations

import time
from pathlib import Path

from iiml_codegen.promotion import merged_text
from iiml_codegen.workspace import Workspace

SETTLED_SECONDS = 0.4
"""Programs may write a file in several steps, and so does a promotion."""


def hand_edited(workspace: Workspace) -> dict[str, str]:
    """Texts of modules in `iiml/` that differ from the text generated last, by file name.

    A module that cannot be read as text, or that was never generated, is not among them.
    """
    edited = {}
    for path in (workspace.prep, *sorted(workspace.home.glob("model_*.py"))):
        last = workspace.generated / path.name
        if not (path.is_file() and last.is_file()) or path.read_bytes() == last.read_bytes():
            continue
        text = module_text(path)
        if text is not None:
            edited[path.name] = text
    return edited


class HandEdits:
    """Edits that a person saves while a solve runs; each text is told once.

    What a promotion makes of a text that was told is no new edit.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.base = self.generated()
        self.told = self.seen = hand_edited(workspace)
        self.since = time.monotonic()

    def fresh(self) -> dict[str, str]:
        """All edited texts, where one of them is new and is not being written any more."""
        now = self.unlike_told()
        if now != self.seen:
            self.seen, self.since = now, time.monotonic()
        if not now or time.monotonic() - self.since < SETTLED_SECONDS:
            return {}
        self.told = now
        return now

    def late(self) -> list[str]:
        """The modules whose edits were not told."""
        now = self.unlike_told()
        return sorted(name for name, text in now.items() if self.told.get(name) != text)

    def unlike_told(self) -> dict[str, str]:
        """All edited texts as they are now; none where they are what was told."""
        base, now = self.generated(), hand_edited(self.workspace)
        if base != self.base:
            self.told = {name: self.carried(name, base) for name in self.told}
            self.told = {name: text for name, text in self.told.items() if text != base.get(name)}
            self.base = base
        return {} if now == self.told else now

    def carried(self, name: str, base: dict[str, str]) -> str:
        """A text that was told, as a promotion of newer generated text leaves it."""
        text, before, after = self.told[name], self.base.get(name), base.get(name)
        if before is None or after is None:
            return text
        merged = merged_text(name, before, text, after)
        return text if merged is None else merged

    def generated(self) -> dict[str, str]:
        """The texts that were generated last, by file name."""
        found = {p.name: module_text(p) for p in sorted(self.workspace.generated.glob("*.py"))}
        return {name: text for name, text in found.items() if text is not None}


def module_text(path: Path) -> str | None:
    """A module's text with plain newlines, as candidates hold it; None where it is no text."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
