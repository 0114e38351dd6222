"""The bytes of a file that should be a table: which encoding, and what it is if it is none."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from ..errors import DataError
from ..raw_csv import UTF8_BOM

WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
LOOKED_AT = 1 << 16
HEAD = 1 << 18
BLOCK = 1 << 22
BLANK = b" \t\r\n\0" + UTF8_BOM
MOST_CONTROL_BYTES = 0.002
CONTROL = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 26, 27))
MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "compressed by gzip",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ\x00": "compressed by xz",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"PAR1": "a parquet table",
    b"SQLite format 3": "a SQLite database",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)", re.I
)
TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
POINTER = b"version https://git-lfs.github.com/spec"


def source_bytes(path: Path) -> bytes:
    """All bytes of a file; raises DataError for an empty one and for what cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if not data[:HEAD].strip(BLANK) and not data.strip(BLANK):
        raise DataError(f"{path.name} is empty", hint="Fetch the file again.")
    return data


def first_bytes(path: Path, count: int = LOOKED_AT) -> bytes:
    """The beginning of a file; raises DataError for an empty one and for stand-ins."""
    try:
        with path.open("rb") as file:
            head = file.read(count)
    except OSError as error:
        raise unreadable(path, error) from error
    if not head:
        raise DataError(f"{path.name} is empty", hint="Fetch the file again.")
    refuse_stand_ins(path.name, head)
    return head


def unreadable(path: Path, error: OSError) -> DataError:
    """The error of a file that the system does not give."""
    return DataError(
        f"{path.name} cannot be read: {error.strerror or error}",
        hint="Look at its permissions and whether another program holds it.",
    )


def text_bytes(path: Path) -> tuple[bytes, str]:
    """The bytes of a text table and their encoding; raises DataError for anything but text."""
    data = source_bytes(path)
    refuse_stand_ins(path.name, data)
    encoding = encoding_of(data)
    if not encoding.startswith("utf-16"):
        _refuse_binary(path.name, data)
    return data, encoding


def text_head(path: Path) -> tuple[bytes, str]:
    """The beginning of a text table and the encoding of all of it; raises as `text_bytes`."""
    head = first_bytes(path, HEAD)
    if len(head) < HEAD or not head.strip(BLANK):
        return text_bytes(path)
    encoding = _encoding(head, lambda name: _file_decodes(path, name))
    if not encoding.startswith("utf-16"):
        _refuse_binary(path.name, head)
    return head, encoding


def refuse_stand_ins(name: str, data: bytes) -> None:
    """Raise DataError for web pages and pointers that stand where a data file should be."""
    if data.startswith(POINTER):
        raise DataError(
            f"{name} is a pointer of git-lfs, not the data", hint="Run `git lfs pull` there."
        )
    head = data.removeprefix(UTF8_BOM)[:LOOKED_AT]
    if PAGE.match(head):
        title = TITLE.search(head)
        named = title.group(1).strip().decode("utf-8", "replace")[:60] if title else ""
        said = f" ('{' '.join(named.split())}')" if named else ""
        raise DataError(
            f"{name} is a web page{said}, not a table",
            hint="Was it saved from a login page? Log in and fetch the file again.",
        )


def _refuse_binary(name: str, data: bytes) -> None:
    for magic, what in MAGIC.items():
        if data.startswith(magic):
            raise DataError(
                f"{name} is {what} under the wrong name",
                hint="Give it the suffix that belongs to it.",
            )
    head = data[:LOOKED_AT]
    strange = len(head) - len(head.translate(None, CONTROL))
    if strange > max(1, MOST_CONTROL_BYTES * len(head)):
        raise DataError(
            f"{name} holds bytes that are no text ({strange:,} of the first {len(head):,})",
            hint="Is the download complete, and is it a text table at all?",
        )


def encoding_of(data: bytes) -> str:
    """A codec's name: UTF-8 unless the bytes say otherwise, then cp1252 or latin-1."""
    return _encoding(data, lambda name: _decodes(data, name))


def _encoding(head: bytes, decodes: Callable[[str], bool]) -> str:
    """The codec of what begins with `head`; `decodes` says whether one reads all of it."""
    if head.startswith(UTF8_BOM):
        return "utf-8-sig"
    if head[:2] in WIDE_BOMS:
        return "utf-16"
    wide = _unmarked_wide(head[:LOOKED_AT])
    if wide:
        return wide
    return next((name for name in ("utf-8", "cp1252") if decodes(name)), "latin-1")


def _unmarked_wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _file_decodes(path: Path, name: str) -> bool:
    """As `_decodes` for a file, of which little is in memory at a time."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
