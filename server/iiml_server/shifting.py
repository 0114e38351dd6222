"""Moves results along with the text: what was found in an older one, at its new lines."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_server.positions import lines_of


def shifted(violations: Sequence[Violation], old: str, new: str) -> list[Violation]:
    """Violations of the text `old` at their lines in `new`; those of deleted lines are left out.

    Related places move too where they lie in the same file, and are left out where they are gone.
    """
    lines = moved_lines(lines_of(old), lines_of(new))
    found = []
    for violation in violations:
        place = _moved(violation.place, lines)
        if place is not None:
            related = _related(violation, lines)
            found.append(msgspec.structs.replace(violation, place=place, related=related))
    return found


def moved_lines(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """The new number of each old line that is still there, counted from 1.

    A stretch that was rewritten keeps its lines one by one, as far as it has as many.
    """
    lines: dict[int, int] = {}
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, first, last, begin, end in matcher.get_opcodes():
        for offset in range(min(last - first, end - begin)):
            lines[first + offset + 1] = begin + offset + 1
    return lines


def _moved(place: Place, lines: dict[int, int]) -> Place | None:
    line = lines.get(place.line)
    return None if line is None else msgspec.structs.replace(place, line=line)


def _related(violation: Violation, lines: dict[int, int]) -> tuple[Related, ...]:
    kept = []
    for one in violation.related:
        own = one.place.file == violation.place.file
        place = _moved(one.place, lines) if own else one.place
        if place is not None:
            kept.append(msgspec.structs.replace(one, place=place))
    return tuple(kept)
