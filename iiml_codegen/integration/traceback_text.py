"""A Python traceback read back from a log, and where threads were when a run was ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from iiml_codegen.integration.trace import Frame, Trace

FRAME = re.compile(r'^[\s|]*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:,? in (?P<function>.+))?$')
RAISED = re.compile(
    r"^[\s|]*(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Group|Iteration)\w*)"
    r"(?:: ?(?P<text>.*))?$"
)
RAISED_AS = re.compile(r"^[\s|]*(?P<type>[A-Za-z_][\w.]*)(?:: ?(?P<text>.*))?$")
START = re.compile(r"^[\s|+]*(?:Exception Group )?Traceback \(most recent call last\):$")
LINKS = ("During handling of the above", "The above exception was the direct cause")
THREAD = re.compile(r"^(?:Current thread|Thread) 0x\w+.*\(most recent call first\):$")
BAR = re.compile(r"^\s*[|+]")
MOST_LINES = 5


def last_trace(log: str) -> Trace | None:
    """The last traceback of a log, also where its beginning was cut off; None if there is none.

    Of a group of exceptions it is the first member.
    """
    lines = [line.rsplit("\r", 1)[-1] for line in log.replace("\r\n", "\n").split("\n")]
    found = list(traces(lines))
    if not found:
        return None
    grouped = [one for one in found if one.type.endswith("Group")]
    after = found[found.index(grouped[-1]) + 1 :] if grouped else []
    chosen = after[0] if after else found[-1]
    return chosen


def traces(lines: Sequence[str]) -> Iterator[Trace]:
    """Every exception in a log, in the order in which they are told."""
    raised = [number for number, line in enumerate(lines) if is_raised(lines, number)]
    before = 0
    for at in raised:
        starts = [n for n in range(before, at) if START.match(lines[n])]
        first = starts[-1] if starts else before
        frames = tuple(
            Frame(found["file"], int(found["line"]), found["function"] or "<module>")
            for found in map(FRAME.match, lines[first:at])
            if found
        )
        parts = RAISED_AS.match(lines[at])
        assert parts is not None
        text = message(lines, at, parts["text"] or "")
        yield Trace(frames, parts["type"].rpartition(".")[2], text)
        before = at + 1


def is_raised(lines: Sequence[str], at: int) -> bool:
    """Whether a line is the last of a traceback: no word of prose, no line of a message.

    An exception stands at the margin (or behind a group's bar); what stands further in is source.
    One whose name tells nothing, such as a warning or `zlib.error`, stands right below a frame.
    """
    line = lines[at]
    if line[:1].isspace() and not BAR.match(line):
        return False
    below = (
        at > 0 and any(map(FRAME.match, lines[max(at - 3, 0) : at])) and bool(RAISED_AS.match(line))
    )
    return bool(RAISED.match(line)) or (below and not FRAME.match(line))


def message(lines: Sequence[str], at: int, first: str) -> str:
    """The message with the lines that belong to it, at most five."""
    more = []
    for line in lines[at + 1 : at + MOST_LINES]:
        ends = not line.strip() or START.match(line) or line.strip().startswith(LINKS)
        if ends or BAR.match(line):
            break
        more.append(line.rstrip())
    return "\n".join([first, *more])


def busy_frames(log: str) -> list[tuple[Frame, ...]]:
    """Where each thread was when the run was ended or crashed natively, from the outside in."""
    threads: list[list[Frame]] = []
    inside = False
    for line in log.splitlines():
        if THREAD.match(line):
            threads.append([])
            inside = True
        elif inside and (found := FRAME.match(line)):
            frame = Frame(found["file"], int(found["line"]), found["function"] or "<module>")
            threads[-1].append(frame)
        else:
            inside = False
    return [tuple(reversed(frames)) for frames in threads if frames]
