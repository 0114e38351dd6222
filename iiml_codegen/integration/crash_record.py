"""The crash record that the guard left in a run's folder (`execution/guard/crash.py`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from iiml_codegen.domain.wire import Frozen, from_json
from iiml_codegen.integration.trace import Frame, Glance, Trace
from iiml_codegen.integration.traceback_text import last_trace

NAME = "crash.json"
MOST_BYTES = 1_000_000
REMOTE = ("RemoteTraceback", "_RemoteTraceback")
"""What pools give as the cause: the text of the traceback in the worker process."""


class CrashFrame(Frozen):
    """One frame as it is written down."""

    file: str
    line: int
    function: str
    own: bool
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    values: tuple[Glance, ...] = ()


class Raised(Frozen):
    """One exception of the chain; `link` says how the one before came of it."""

    type: str
    message: str
    link: str
    frames: tuple[CrashFrame, ...]
    name: str = ""
    filename: str = ""
    errno: int | None = None
    line: int = 0
    column: int = 0


class Crash(Frozen):
    """What ended a script: the exception that was raised last comes first."""

    version: int
    script: str
    exceptions: tuple[Raised, ...]


def read_crash(folder: Path | None) -> Trace | None:
    """The exception that ended a run; None where there is no record, or one that is none."""
    if folder is None or not (folder / NAME).is_file():
        return None
    try:
        with (folder / NAME).open("rb") as file:
            crash = from_json(file.read(MOST_BYTES), Crash)
    except (OSError, msgspec.MsgspecError):
        return None
    return as_trace(crash) if crash.exceptions else None


def as_trace(crash: Crash) -> Trace:
    """The chain as one trace; a group of exceptions stands for its first member."""
    raised = list(crash.exceptions)
    while len(raised) > 1 and raised[1].link == "member":
        raised.pop(0)
    traces = [one_trace(one, crash.script) for one in raised]
    if len(traces) > 1 and traces[1].type in REMOTE:
        remote = traces.pop(1)
        traces[0] = in_pool(traces[0], remote.message, crash.script)
    return replace(from_worker(traces[0]), earlier=tuple(map(from_worker, traces[1:])))


def one_trace(raised: Raised, script: str) -> Trace:
    """One exception; that of a script which does not parse has the place that the parser gave."""
    frames = tuple(
        Frame(
            one.file,
            one.line,
            one.function,
            one.column,
            one.end_line,
            one.end_column,
            one.own,
            one.values,
        )
        for one in raised.frames
    )
    if raised.line:
        own = raised.filename == script
        parsed = Frame(raised.filename, raised.line, "<module>", raised.column, own=own)
        frames = (*frames, parsed)
    return Trace(frames, raised.type, raised.message, raised.name, raised.filename, raised.errno)


def from_worker(trace: Trace) -> Trace:
    """Where the exception carries the traceback of another process, that one."""
    inner = (
        last_trace(trace.message) if "Traceback (most recent call last)" in trace.message else None
    )
    return inner if inner is not None and inner.frames else trace


def in_pool(trace: Trace, told: str, script: str) -> Trace:
    """An exception of a pool's worker process: our frames that lead to the pool, then its own.

    A long text was cut off before its last line: that is what the exception says itself.
    """
    texts = (told, f"{told}\n{trace.summary}")
    found = (inner for text in texts if (inner := last_trace(text)) and inner.frames)
    remote = next(found, None)
    if remote is None:
        return trace
    depth = max((n for n, frame in enumerate(trace.frames, start=1) if frame.own), default=0)
    worker = (replace(frame, own=frame.file == script) for frame in remote.frames)
    return replace(trace, frames=(*trace.frames[:depth], *worker))
