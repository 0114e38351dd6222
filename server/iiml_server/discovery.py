"""Finds competition folders in a workspace, by names alone."""

from __future__ import annotations

import os
import re
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


def competitions_in(root: Path) -> list[Path]:
    """The competitions among a folder and the folders directly in it."""
    folders = [root, *(root / name for name, is_dir in _entries(root) if is_dir)]
    return [folder for folder in folders if is_competition(folder)]


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
