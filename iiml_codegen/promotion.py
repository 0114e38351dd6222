"""Promoting a generated module: the user's edits are merged three ways, never overwritten.

Beside the module, `.generated/NAME` holds the text that was generated last: the common ancestor
of what the user made of it and of what is generated now.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Literal

import merge3

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.files import remove, replace, write_atomically

Outcome = Literal["written", "unchanged", "merged", "conflict"]
BOM = b"\xef\xbb\xbf"


class Promotion(Frozen):
    """What became of a promoted module.

    `path` is the file; on a conflict it keeps the user's text, and `proposed` holds ours.
    """

    outcome: Outcome
    path: Path
    proposed: Path | None = None


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
        return Promotion(outcome="conflict", path=path, proposed=proposed)
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


def _merge(base: bytes | None, theirs: bytes, ours: str) -> bytes | None:
    """The three-way merge in the user's encoding details; None for a conflict."""
    if base is None:
        return None
    try:
        user = theirs.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    newline = "\r\n" if "\r\n" in user else "\n"
    merged = _merge_lines(base.decode(), user.replace("\r\n", "\n"), ours)
    if merged is None:
        return None
    prefix = BOM if theirs.startswith(BOM) else b""
    return prefix + merged.replace("\n", newline).encode()


def _merge_lines(base: str, user: str, ours: str) -> str | None:
    versions = [side.splitlines(keepends=True) for side in (base, user, ours)]
    merge = merge3.Merge3(*versions)
    if any(region[0] == "conflict" for region in merge.merge_regions()):
        return None
    return "".join(merge.merge_lines())


def _parses(path: Path, data: bytes) -> bool:
    if path.suffix != ".py":
        return True
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True
