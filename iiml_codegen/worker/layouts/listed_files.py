"""Files that are rows: listed below a folder, in an order that neither name nor label enters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ..errors import DataError
from ..plan import FileRows
from .rest import files_below

CHUNK = 1 << 20
KNOWN = 1 << 18


@dataclass(frozen=True)
class RowFile:
    """One row: its path inside the competition, and the hash of its contents."""

    path: str
    digest: str

    @property
    def stem(self) -> str:
        """The name without suffix."""
        return PurePosixPath(self.path).stem

    @property
    def suffix(self) -> str:
        """The suffix with its dot."""
        return PurePosixPath(self.path).suffix


def listed(folder: Path, rows: FileRows, neutral: Callable[[str], str]) -> list[RowFile]:
    """The files of one side, sorted by contents; equal ones by `neutral(path)`, free of labels.

    Raises DataError where there are none.
    """
    home = folder / rows.folder
    if not home.is_dir():
        raise DataError(f"{rows.folder} is no folder of {folder}", hint="Was it moved or renamed?")
    wanted = {suffix.lower() for suffix in rows.suffixes}
    found = [path for path in files_below(home) if path.suffix.lower() in wanted]
    if not found:
        kinds = ", ".join(rows.suffixes)
        raise DataError(f"{rows.folder} has no file {kinds}", hint="Was it moved or renamed?")
    files = [RowFile(path.relative_to(folder).as_posix(), known_digest(path)) for path in found]
    return sorted(files, key=lambda file: (file.digest, neutral(file.path), file.path))


def known_digest(path: Path) -> str:
    """Hash of a file's contents, read again only if its size or time has changed."""
    state = path.stat()
    return digest_of(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=KNOWN)
def digest_of(path: Path, size: int, time: int) -> str:
    """Hash of the contents that a file had at a size and time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def below(path: str, folder: str) -> str:
    """A path of the competition as it is called below a folder."""
    return PurePosixPath(path).relative_to(folder).as_posix()


def id_of(path: str, rows: FileRows) -> str:
    """The id of a file, as `id_from` says."""
    if rows.id_from == "path":
        return below(path, rows.folder)
    return PurePosixPath(path).name if rows.id_from == "name" else PurePosixPath(path).stem
