"""Checkpoints of foundation models for tables: single files in the user's folders or the cache.

The weights of TabICL are open (BSD), and so are those of TabPFN 2 (Apache 2.0, with attribution).
Those of later TabPFN versions forbid commercial use, and no member reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iiml_codegen.execution.environment import hub_cache
from iiml_codegen.planning.checkpoints import Checkpoint, Found, Place, Wanted, size_words

MOST_FILES = 100


@dataclass(frozen=True)
class Family:
    """Checkpoints that one package reads, by the names of their files; `repositories` have them.

    Of several files the last in the order of names is taken first, if that is the `newest_last`.
    """

    module: str
    title: str
    files: re.Pattern[str]
    repositories: tuple[str, ...]
    licence: str
    newest_last: bool


FAMILIES = (
    Family(
        module="tabicl",
        title="TabICL",
        files=re.compile(r"tabicl-(?:classifier|regressor)[\w.-]*\.ckpt"),
        repositories=("jingang/TabICL",),
        licence="bsd-3-clause",
        newest_last=True,
    ),
    Family(
        module="tabpfn",
        title="TabPFN 2",
        files=re.compile(r"tabpfn-v2-(?:classifier|regressor)[\w-]*\.ckpt"),
        repositories=("Prior-Labs/TabPFN-v2-clf", "Prior-Labs/TabPFN-v2-reg"),
        licence="apache-2.0 with attribution",
        newest_last=False,
    ),
)
"""The better first."""


def tabular_files(wanted: Wanted) -> Found:
    """The checkpoints for tables that lie below the user's folders and in the hub's cache."""
    if wanted.modality != "table":
        return Found()
    cache = wanted.cache or hub_cache()
    found: list[Checkpoint] = []
    for family in FAMILIES:
        for folder in wanted.folders:
            found += [described(file, family, "folder") for file in weight_files(folder, family)]
        for repository in family.repositories:
            snapshots = cache / f"models--{repository.replace('/', '--')}" / "snapshots"
            found += [described(file, family, "cache") for file in weight_files(snapshots, family)]
    return Found(tuple(found))


def described(file: Path, family: Family, source: Place) -> Checkpoint:
    """A checkpoint for tables in a file of this name; one of the cache lies below its commit."""
    size, cached = file.stat().st_size, source == "cache"
    where = "in the cache of the hub" if cached else "in your folder"
    return Checkpoint(
        name=file.stem,
        source=source,
        revision=file.parent.name if cached else "",
        bytes=size,
        licence=family.licence,
        modality="table",
        why=f"{where}, {size_words(size)}, {family.licence}",
        path=file,
        frozen=True,
    )


def family_of(file: Path) -> Family:
    """What reads a checkpoint that was found, by its name."""
    return next(family for family in FAMILIES if family.files.fullmatch(file.name))


def cached_place(file: Path) -> str:
    """`owner/name@commit/file` of a checkpoint in the hub's cache."""
    owner_and_name = file.parents[2].name.removeprefix("models--").replace("--", "/", 1)
    return f"{owner_and_name}@{file.parent.name}/{file.name}"


def weight_files(folder: Path, family: Family) -> Iterator[Path]:
    """The files of a family below a folder, the preferred first, not too many."""
    if folder.is_dir():
        named = (file for file in folder.rglob("*.ckpt") if family.files.fullmatch(file.name))
        files = sorted(filter(Path.is_file, named), key=lambda file: file.stem)
        yield from islice(reversed(files) if family.newest_last else files, MOST_FILES)


def how_to_have_some() -> str:
    """Which weights would make the members for tables run."""
    titles = " or ".join(family.title for family in FAMILIES)
    repository = FAMILIES[0].repositories[0]
    return f"no weights of {titles} are on this machine: hf download {repository} brings some"
