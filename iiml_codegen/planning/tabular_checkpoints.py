"""Checkpoints of foundation models for tables: single files in the user's folders or the cache.

TabICL's weights are open (BSD). Those of newer TabPFN versions are not, and no member reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from iiml_codegen.execution.environment import hub_cache
from iiml_codegen.planning.checkpoints import Checkpoint, Found, Wanted, size_words

REPOSITORY = "jingang/TabICL"
LICENCE = "bsd-3-clause"
FILE = re.compile(r"tabicl-(?:classifier|regressor)[\w.-]*\.ckpt")
MOST_FILES = 100


def tabular_files(wanted: Wanted) -> Found:
    """The checkpoints for tables that lie below the user's folders and in the hub's cache."""
    if wanted.modality != "table":
        return Found()
    cache = (wanted.cache or hub_cache()) / f"models--{REPOSITORY.replace('/', '--')}" / "snapshots"
    places = [(folder, "folder") for folder in wanted.folders] + [(cache, "cache")]
    found: list[Checkpoint] = []
    for folder, source in places:
        for file in islice(weight_files(folder), MOST_FILES):
            size = file.stat().st_size
            cached = source == "cache"
            found.append(
                Checkpoint(
                    name=file.stem,
                    source="cache" if cached else "folder",
                    revision=file.relative_to(cache).parts[0] if cached else "",
                    bytes=size,
                    licence=LICENCE,
                    modality="table",
                    why=f"in {'the cache of the hub' if cached else 'your folder'},"
                    f" {size_words(size)}, {LICENCE}",
                    path=file,
                    frozen=True,
                )
            )
    return Found(tuple(found))


def weight_files(folder: Path) -> Iterator[Path]:
    """The files of a known name below a folder, the newest name first."""
    if folder.is_dir():
        files = (file for file in folder.rglob("*.ckpt") if FILE.fullmatch(file.name))
        yield from sorted(files, key=lambda file: file.name, reverse=True)
