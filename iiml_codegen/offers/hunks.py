"""What differs between two texts: stretches of lines as editors count them, and a unified diff."""

from __future__ import annotations

import difflib
import re

from iiml_codegen.domain.wire import Frozen

NEWLINE = re.compile(r"\r\n|\n|\r")
"""What ends a line for editors; `str.splitlines` also splits at form feeds and the like."""


class Hunk(Frozen):
    """Lines `start_line` to `end_line` (exclusive), counted from 0, are `replaced` by `proposed`.

    Where both line numbers are equal, lines are put in before that line.
    """

    start_line: int
    end_line: int
    replaced: tuple[str, ...]
    proposed: tuple[str, ...]


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """The stretches in which two texts differ, from top to bottom; kinds of newlines do not count.

    A text with a final newline has an empty last line, as in an editor.
    """
    old, new = NEWLINE.split(before), NEWLINE.split(after)
    compared = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Hunk(
            start_line=first,
            end_line=last,
            replaced=tuple(old[first:last]),
            proposed=tuple(new[start:end]),
        )
        for tag, first, last, start, end in compared.get_opcodes()
        if tag != "equal"
    )


def unified_diff(module: str, before: str, after: str, most: int | None = None) -> str:
    """A unified diff of one module; of more than `most` lines the rest is counted, not shown."""
    old, new = NEWLINE.split(before), NEWLINE.split(after)
    lines = list(difflib.unified_diff(old, new, module, module, lineterm=""))
    if most is not None and len(lines) > most:
        lines = [*lines[:most], f"… {len(lines) - most} more lines"]
    return "".join(f"{line}\n" for line in lines)
