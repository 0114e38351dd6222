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
    at = 0
    for first, last, begin, end in [*changes(old, new), (len(old), len(old), len(new), len(new))]:
        lines.update({n + 1: n + 1 + begin - first for n in range(at, first)})
        lines.update({first + n + 1: begin + n + 1 for n in range(min(last - first, end - begin))})
        at = last
    return lines


def changes(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Stretches that differ: first line and the one after the last, in `old` and in `new`."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, *middle, autojunk=False)
    return [
        (first + head, last + head, begin + head, end + head)
        for tag, first, last, begin, end in matcher.get_opcodes()
        if tag != "equal"
    ]


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
