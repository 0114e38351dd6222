"""Generated modules and patches meet hand edits: merged three ways, never overwritten.

Beside the module, `.generated/NAME` holds the text that was generated last: the common ancestor
of what the user made of it and of what is generated now.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import merge3

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.files import remove, replace, write_atomically
from iiml_codegen.syntax import syntax_tree

Outcome = Literal["written", "unchanged", "merged", "conflict"]
BOM = b"\xef\xbb\xbf"
LINE = re.compile(r"[^\n]*\n|[^\n]+")
Lines = tuple[int, int]
"""First and last line of a stretch, counted from 1."""


class Promotion(Frozen):
    """What became of a promoted module.

    `path` is the file; on a conflict it keeps the user's text, and `proposed` holds ours.
    `conflicts` are the lines of the user's text that both changed.
    """

    outcome: Outcome
    path: Path
    proposed: Path | None = None
    conflicts: tuple[Lines, ...] = ()


class Patched(Frozen):
    """What became of a patch; `kept` holds the text that was there before.

    A conflict without lines is a merge that would be no Python any more, or a file that is no text.
    """

    outcome: Outcome
    kept: Path | None = None
    conflicts: tuple[Lines, ...] = ()


def promote(path: Path, text: str, generated: Path) -> Promotion:
    """Write generated `text` to `path`, merged with what the user wrote there since.

    The user's newlines and byte order mark survive a merge. Where both sides changed the same
    lines, or the merge is no Python any more, the user's text stays and `NAME.proposed` appears.
    """
    last, pending = generated / path.name, generated / f"{path.name}.pending"
    proposed = path.with_name(f"{path.name}.proposed")
    ours = text.encode()
    theirs = path.read_bytes() if path.exists() else None
    untouched = theirs is None or theirs in [_bytes(f) for f in (last, pending, proposed)]
    if untouched or theirs == ours:
        merged: bytes | None = ours
    else:
        merged = _merge(_bytes(last), theirs or b"", text)
    if merged is None or (merged != ours and not _parses(path, merged)):
        write_atomically(proposed, ours)
        lines = conflicting_lines(path, generated)
        return Promotion(outcome="conflict", path=path, proposed=proposed, conflicts=lines)
    # Killed between these writes, `pending` still tells our text from a hand edit.
    write_atomically(pending, ours)
    if merged != theirs:
        write_atomically(path, merged)
    replace(pending, last)
    remove(proposed)
    return Promotion(outcome=_outcome(merged, ours, theirs), path=path)


def _outcome(merged: bytes, ours: bytes, theirs: bytes | None) -> Outcome:
    if merged == theirs:
        return "unchanged"
    return "written" if merged == ours else "merged"


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def merge_patch(path: Path, before: str, after: str, undo: Path) -> Patched:
    """Merge a patch, made against the text `before`, into what the user has in `path` now.

    Lines that both changed refuse the whole patch. The file's old bytes go to a numbered file in
    `undo` first. The user's newlines and byte order mark survive. Raises `OSError` and
    `StorageError` where files cannot be read or written.
    """
    theirs = path.read_bytes()
    merged = _merge(before.encode(), theirs, after)
    if merged is None:
        return Patched(outcome="conflict", conflicts=_conflicts(before, _text(theirs) or "", after))
    if merged == theirs:
        return Patched(outcome="unchanged")
    if not _parses(path, merged) and _parses(path, after.encode()):
        return Patched(outcome="conflict")
    kept = keep_aside(path, undo)
    write_atomically(path, merged)
    return Patched(outcome="written" if merged == after.encode() else "merged", kept=kept)


def merged_text(name: str, before: str, now: str, after: str) -> str | None:
    """A patch from `before` to `after`, merged into the text of module `name` as it is now.

    The newlines stay those of `now`. None where both changed the same lines, or where the merge
    would be no Python any more.
    """
    base, user, ours = (text.replace("\r\n", "\n") for text in (before, now, after))
    merged = _merge_lines(base, user, ours)
    if merged is None or (_is_python(name, ours) and not _is_python(name, merged)):
        return None
    return merged.replace("\n", "\r\n") if "\r\n" in now else merged


def _is_python(name: str, text: str) -> bool:
    return _parses(Path(name), text.encode("utf-8", "surrogatepass"))


def conflicting_lines(path: Path, generated: Path) -> tuple[Lines, ...]:
    """Lines of the user's module that a newer version, waiting as `NAME.proposed`, changed too.

    Empty where nothing waits, or the two do not conflict line by line.
    """
    proposed = path.with_name(f"{path.name}.proposed")
    sides = [_bytes(file) for file in (generated / path.name, path, proposed)]
    texts = [_text(side) for side in sides if side is not None]
    if len(texts) < len(sides):
        return ()
    base, user, ours = texts
    if base is None or user is None or ours is None:
        return ()
    return _conflicts(base, user, ours)


def keep_aside(path: Path, undo: Path) -> Path:
    """Copy a file to a numbered one in `undo`, before it is written; where the copy lies."""
    kept = _free(undo, path.name)
    write_atomically(kept, path.read_bytes())
    return kept


def _free(folder: Path, name: str) -> Path:
    number = 1
    while (path := folder / f"{name}.{number}").exists():
        number += 1
    return path


def _merge(base: bytes | None, theirs: bytes, ours: str) -> bytes | None:
    """The three-way merge in the user's encoding details; None for a conflict."""
    user = _text(theirs)
    if base is None or user is None:
        return None
    newline = "\r\n" if b"\r\n" in theirs else "\n"
    merged = _merge_lines(base.decode().replace("\r\n", "\n"), user, ours.replace("\r\n", "\n"))
    if merged is None:
        return None
    prefix = BOM if theirs.startswith(BOM) else b""
    return prefix + merged.replace("\n", newline).encode()


def _text(data: bytes) -> str | None:
    """Text with plain newlines; None for bytes that are no UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _merge_lines(base: str, user: str, ours: str) -> str | None:
    merge = _three(base, user, ours)
    if any(region[0] == "conflict" for region in merge.merge_regions()):
        return None
    return "".join(merge.merge_lines())


def _conflicts(base: str, user: str, ours: str) -> tuple[Lines, ...]:
    """First and last line of each conflict in the user's text; one line where they cut some out."""
    regions = _three(base, user, ours).merge_regions()
    return tuple((r[3] + 1, max(r[4], r[3] + 1)) for r in regions if r[0] == "conflict")


def _three(base: str, user: str, ours: str) -> merge3.Merge3:
    # Editors count lines by newlines alone; str.splitlines splits at form feeds, too.
    return merge3.Merge3(*(LINE.findall(side) for side in (base, user, ours)))


def _parses(path: Path, data: bytes) -> bool:
    if path.suffix != ".py":
        return True
    try:
        syntax_tree(data)
    except (SyntaxError, ValueError):
        return False
    return True
