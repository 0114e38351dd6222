"""Parts of file names that repeat from file to file, as labels do: `cat.17`, `7_jackson_32`."""

from __future__ import annotations

import re
from collections import Counter

GLUED = re.compile(r"^([^\W\d_]+)\d+$")
JOINT = re.compile(r"[._\- ]")
MOST_PARTS = 8
USUAL = 0.98
MOST_VALUES = 1_000
FEWEST_EACH = 3.0


def name_labels(stems: list[str]) -> list[dict[str, object]]:
    """Plain `NameLabel`s: patterns over the stem, each with its values and how often they occur."""
    if len(stems) < 4:
        return []
    glued = [match.group(1) for stem in stems if (match := GLUED.match(stem))]
    if len(glued) >= USUAL * len(stems):
        return [one for one in (label(r"^([^\W\d_]+)\d", glued),) if one]
    split = [JOINT.split(stem) for stem in stems]
    usual, count = Counter(len(parts) for parts in split).most_common(1)[0]
    if not 2 <= usual <= MOST_PARTS or count < USUAL * len(stems):
        return []
    even = [parts for parts in split if len(parts) == usual]
    found = [label(place(k, usual), [parts[k] for parts in even]) for k in range(usual)]
    return [one for one in found if one]


def place(k: int, parts: int) -> str:
    """The pattern of part `k`: counted from the front, or the last one from the end."""
    if k == parts - 1:
        return r"[._\- ]([^._\- ]+)$"
    return "^" + r"[^._\- ]*[._\- ]" * k + r"([^._\- ]*)[._\- ]"


def label(pattern: str, values: list[str]) -> dict[str, object] | None:
    """A part that takes few values, each several times; None for what counts or never varies."""
    counts = Counter(values)
    if not 2 <= len(counts) <= MOST_VALUES or len(values) < FEWEST_EACH * len(counts):
        return None
    return {"pattern": pattern, "counts": dict(sorted(counts.items()))}
