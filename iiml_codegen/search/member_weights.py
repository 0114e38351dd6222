"""Where the pretrained weights of a member lie, and what tells them from others at that place."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

from msgspec import DecodeError

from iiml_codegen.domain.blueprint import Member
from iiml_codegen.planning.local_checkpoints import package_places

WEIGHT_CONSTANTS = ("WEIGHTS", "checkpoint")
"""Constants of members that say where weights lie: the expert's, and those of models' code."""


def weights_of(member: Member) -> tuple[str, ...]:
    """Where the pretrained weights of a member lie, if they lie in a folder of the user's."""
    return tuple(place for place in places_of(member) if Path(place).is_absolute())


def places_of(member: Member) -> tuple[str, ...]:
    """What its constants say of weights: a path, `package/below/it` or `owner/name@commit`."""
    named = [member.constants.get(name) for name in WEIGHT_CONSTANTS]
    return tuple(place for place in named if isinstance(place, str))


def weights_at(member: Member, interpreter: Path) -> tuple[str, ...]:
    """Name, size and time of each file of a member's weights; a commit stands in its place."""
    files = [file for place in places_of(member) for file in files_at(place, interpreter)]
    told = [(file.name, file.stat()) for file in files]
    return tuple(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in told)


def files_at(place: str, interpreter: Path) -> list[Path]:
    """The file at a place, or all files of the folder; none of those that a commit names."""
    path = Path(place)
    if not path.is_absolute():
        package, _, below = place.partition("/")
        folder = None if "@" in place else package_folder(package, interpreter)
        if folder is None:
            return []
        path = Path(folder) / below
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


@lru_cache(maxsize=32)
def package_folder(package: str, interpreter: Path) -> str | None:
    """Where a package of a Python lies, asked once per process; None where it has none."""
    try:
        found = package_places([(package, package)], interpreter)
    except (OSError, subprocess.SubprocessError, DecodeError):
        return None
    return found[package][0] if package in found else None
