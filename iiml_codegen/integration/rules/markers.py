"""Markers: comments such as `# [P4] Impute missing ages` that tie code to plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKER = re.compile(r"^\s*#\s*\[([PMTE]\d+)\]")


def markers(text: str) -> Iterator[tuple[str, int, int]]:
    """Step id, line and column of each marker."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        found = MARKER.match(line) if "# [" in line or "#[" in line else None
        if found:
            yield found.group(1), number, line.index("#") + 1
