"""What an archive holds and where it goes, and the way out of it with nothing outside touched."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from .errors import DataError

STREAMS = (".gz", ".bz2", ".xz")
SHORT = (".tgz", ".tbz2", ".txz", ".tar")
SUFFIXES = (".zip", *SHORT, *STREAMS)
UNREADABLE = (".7z", ".rar", ".zst", ".z")
MOST_LOOSE = 50
MOST_RATIO = 200
HARMLESS = 4 << 30
USABLE = 0.9
TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".parquet", ".feather", ".xlsx", ".md")
BLOCK = 1 << 20
BROKEN = (
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    NotImplementedError,
    OSError,
)


@dataclass
class Room:
    """How many bytes may still be written; `spend` raises DataError beyond them."""

    name: str
    left: int

    def spend(self, count: int) -> None:
        """Count bytes that are about to be written."""
        self.left -= count
        if self.left < 0:
            raise DataError(
                f"{self.name} unpacks to more than the disk or its own size allows",
                hint="Make room, or unpack it by hand if you trust it.",
            )


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path with slashes, and how to open it."""

    path: str
    open: Callable[[], IO[bytes] | None]


def is_archive(name: str) -> bool:
    """True for names of archives that are unpacked."""
    return name.lower().endswith(SUFFIXES)


def room_for(path: Path, out: Path) -> Room:
    """As much as the disk has, and for large contents no more than data compress to."""
    free = int(USABLE * shutil.disk_usage(out).free)
    return Room(path.name, min(free, max(HARMLESS, MOST_RATIO * path.stat().st_size)))


def stem_of(name: str) -> str:
    """The name without the suffixes of archives: `train` of `train.tar.gz`."""
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix):
            short = name[: -len(suffix)]
            return short[:-4] if suffix in STREAMS and short.lower().endswith(".tar") else short
    return name


def unpack_archive(path: Path, place: Path, room: Room) -> list[Path]:
    """Unpack beside `place`'s other files; answers what was written. Raises DataError.

    Members stay where most of them lie already, with the same bytes. Else several files go into a
    folder named by the archive, unless they bring one folder of their own or tables, and no other
    files of their names are there.
    """
    written = []
    with _explained(path), members_of(path) as members:
        inside = placed(path.name, members, place)
        for member in members:
            if member.path in inside:
                out = place / inside[member.path]
                if _write(member, out, room, path.name):
                    written.append(out)
    return written


def placed(name: str, members: list[Member], place: Path) -> dict[str, str]:
    """Where members go, as paths below the archive's own folder; those that lie there go nowhere.

    Whoever unpacks by hand puts the members beside the archive or into a folder of its name.
    """
    stem, paths = stem_of(name), [member.path for member in members]
    there: set[str] = set()
    for folder in (f"{stem}/", ""):
        there = {one.path for one in members if _lies_at(one, place / f"{folder}{one.path}")}
        if 2 * len(there) > len(paths):
            return {path: f"{folder}{path}" for path in paths if path not in there}
    if len(paths) == 1:
        only = PurePosixPath(paths[0]).name
        return {paths[0]: stem if PurePosixPath(stem).suffix else only}
    others = [path for path in paths if path not in there]
    if _belongs_beside(paths) and not any((place / path).exists() for path in others):
        return {path: path for path in others}
    return {path: f"{stem}/{path}" for path in paths}


def _belongs_beside(paths: list[str]) -> bool:
    """True for members that bring one folder of their own, or tables."""
    tops = {path.partition("/")[0] for path in paths}
    top = [path for path in paths if "/" not in path]
    tables = any(path.lower().endswith(TABLES) for path in top)
    return len(tops) == 1 or (tables and len(top) <= MOST_LOOSE)


def _write(member: Member, out: Path, room: Room, name: str) -> bool:
    """Write a member; False if the very same file is there already."""
    if out.exists():
        if _lies_at(member, out):
            return False
        raise DataError(
            f"{name} holds another {out.name} than the one that lies beside it",
            hint="Keep one of the two.",
        )
    source = member.open()
    if source is None:
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with source, out.open("wb") as file:
        while block := source.read(BLOCK):
            room.spend(len(block))
            file.write(block)
    return True


def _lies_at(member: Member, out: Path) -> bool:
    """True if a file has the bytes of a member."""
    if not out.is_file():
        return False
    source = member.open()
    if source is None:
        return False
    with source, out.open("rb") as there:
        while True:
            block = source.read(BLOCK)
            if block != there.read(len(block) or 1):
                return False
            if not block:
                return True


@contextmanager
def members_of(path: Path) -> Iterator[list[Member]]:
    """The files in an archive, in its order, without what an operating system adds."""
    lower = path.name.lower()
    if lower.endswith(".zip"):
        with zipfile.ZipFile(path) as packed:
            yield [_of_zip(path.name, packed, info) for info in _files(path.name, packed)]
    elif lower.endswith(SHORT) or stem_of(lower) + ".tar" == Path(lower).stem:
        with tarfile.open(path) as tape:
            yield [_of_tar(path.name, tape, info) for info in _tape_files(path.name, tape)]
    else:
        yield [Member(stem_of(path.name), lambda: stream(path))]


def stream(path: Path) -> IO[bytes]:
    """The one file that is compressed here."""
    if path.suffix.lower() == ".gz":
        return cast(IO[bytes], gzip.open(path))
    return bz2.open(path) if path.suffix.lower() == ".bz2" else lzma.open(path)


def _files(name: str, packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [info for info in packed.infolist() if not info.is_dir() and wanted(info.filename)]
    for info in found:
        if info.flag_bits & 1:
            raise DataError(
                f"{name} is protected by a password", hint="Unpack it by hand into the folder."
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise _link(name, info.filename)
    return found


def _of_zip(name: str, packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    return Member(safe(name, info.filename), lambda: packed.open(info))


def _tape_files(name: str, tape: tarfile.TarFile) -> list[tarfile.TarInfo]:
    found = [info for info in tape.getmembers() if not info.isdir() and wanted(info.name)]
    for info in found:
        if not info.isfile():
            raise _link(name, info.name)
    return found


def _of_tar(name: str, tape: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    return Member(safe(name, info.name), lambda: tape.extractfile(info))


def _link(name: str, member: str) -> DataError:
    return DataError(
        f"{name} holds {member}, which is a link or a device and no file",
        hint="Unpack it by hand into the folder.",
    )


def wanted(member: str) -> bool:
    """False for the leftovers of an operating system and for hidden files."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    return bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(".")


def safe(name: str, member: str) -> str:
    """The member's path below a folder; raises DataError for one that leads out of it."""
    path = PurePosixPath(member.replace("\\", "/"))
    parts = [part for part in path.parts if part != "."]
    if path.is_absolute() or ".." in parts or any(":" in part for part in parts[:1]):
        raise DataError(
            f"{name} holds {member}, which would be written outside of the folder",
            hint="Do not trust this archive; fetch it again from where it comes from.",
        )
    return "/".join(parts)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the standard library says about broken archives into a DataError."""
    try:
        yield
    except BROKEN as error:
        raise DataError(
            f"{path.name} cannot be unpacked: {error or type(error).__name__}",
            hint="Is the download complete? Fetch it again, or unpack it by hand.",
        ) from error
