"""Finds competition folders in a workspace, by names alone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

MARKS = ("iiml.toml", "iiml/journal.sqlite", "iiml/blueprint.json")
"""What only a folder has that iiML worked in, or that somebody made for it."""
TRAIN = re.compile(r"train(ing)?([-_. ].*)?|.+[-_]train\..+", re.IGNORECASE)
OTHER = re.compile(r"test([-_. ].*)?|.+[-_]test\..+|.*(sample|submission).*", re.IGNORECASE)
DATA = {
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".parquet",
    ".feather",
    ".xlsx",
    ".zip",
    ".gz",
    ".7z",
    "",
}
MOST_NAMES = 20_000
"""A folder with more entries than this is read no further."""
SETTLING = 2 * 10**9
"""Nanoseconds after which a clock surely moved on: until then a folder may change unnoticed."""
Changed = tuple[int, int]
"""When names in a folder and in its `iiml/` changed last; 0 where there is none."""


class Discovery:
    """The competitions among a folder and the folders directly in it, as they come.

    Only folders in which names came or went since the last look are read again, so that looking
    often costs little. The system is not asked to tell: each folder would take one of few watches.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: dict[Path, Changed] = {}

    def look(self) -> list[Path]:
        """The competitions among the folders that changed; at first among all."""
        folders = [self.root, *(self.root / name for name, is_dir in _entries(self.root) if is_dir)]
        now = {folder: (_changed(folder), _changed(folder / "iiml")) for folder in folders}
        news = [folder for folder in folders if self._seen.get(folder) != now[folder]]
        settled = time.time_ns() - SETTLING
        self._seen = {folder: times for folder, times in now.items() if max(times) < settled}
        return [folder for folder in news if is_competition(folder)]


def is_competition(folder: Path) -> bool:
    """Whether a folder has a mark of ours, or data to learn from beside data to answer."""
    if folder.name == "iiml":
        return False
    if any((folder / mark).is_file() for mark in MARKS):
        return True
    return looks_like_one(name for name, _ in _entries(folder))


def looks_like_one(names: Iterable[str]) -> bool:
    """Whether names are those of a competition: `train*` and a test or a sample submission."""
    data = [name for name in names if Path(name).suffix.lower() in DATA]
    return any(map(TRAIN.fullmatch, data)) and any(map(OTHER.fullmatch, data))


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Names in a folder and whether they are folders; hidden ones and what cannot be read not."""
    found: list[tuple[str, bool]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) == MOST_NAMES:
                    break
                if not entry.name.startswith("."):
                    found.append((entry.name, entry.is_dir()))
    except OSError:
        return found
    return sorted(found)


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
