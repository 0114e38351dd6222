"""A Python traceback read back from a log."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRAME = re.compile(
    r'^\s*(?:\|\s*)?File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$'
)
RAISED = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\w*)(?:: ?(?P<text>.*))?$"
)
START = "Traceback (most recent call last):"


@dataclass(frozen=True)
class Frame:
    """One frame: file, line and function as printed."""

    file: str
    line: int
    function: str


@dataclass(frozen=True)
class Trace:
    """The last exception of a log: its frames from the outside in, its type and message."""

    frames: tuple[Frame, ...]
    type: str
    message: str

    @property
    def summary(self) -> str:
        """The line that Python prints last."""
        return f"{self.type}: {self.message}" if self.message else self.type


def last_trace(log: str) -> Trace | None:
    """The last traceback of a log, also where its beginning was cut off; None if there is none."""
    lines = log.replace("\r\n", "\n").split("\n")
    raised = [number for number, line in enumerate(lines) if RAISED.match(line)]
    if not raised:
        return None
    last = raised[-1]
    first = max((n for n in range(last) if lines[n].strip() == START), default=0)
    earlier = [number for number in raised if first < number < last]
    first = earlier[-1] if earlier and earlier[-1] > first else first
    frames = tuple(
        Frame(found["file"], int(found["line"]), found["function"] or "<module>")
        for found in map(FRAME.match, lines[first:last])
        if found
    )
    parts = RAISED.match(lines[last])
    assert parts is not None
    return Trace(
        frames, parts["type"].rpartition(".")[2], message(lines, last, parts["text"] or "")
    )


def message(lines: list[str], at: int, first: str) -> str:
    """The message with the lines that belong to it, at most five."""
    more = []
    for line in lines[at + 1 : at + 5]:
        if not line.strip() or START in line:
            break
        more.append(line.rstrip())
    return "\n".join([first, *more])
