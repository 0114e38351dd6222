"""The crash record: what was raised, where, and what was at hand, written as `crash.json`.

It is what the error analyzer reads first: a log tells places, a record also tells the expression
that failed and the shapes that met. Values of variables are looked at, not copied (`glance.py`);
names that sound like secrets are told by type alone.
"""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

from .callee import signature_of
from .glance import MOST_LETTERS, Clock, Glance, cut, glance

NAME = "crash.json"
MOST_BYTES = 200 * 1024
MOST_FRAMES = 40
MOST_LOCALS = 40
MOST_EXCEPTIONS = 8
MOST_MESSAGE = 4_000
SECONDS = 2.0
"""What looking may cost: a run that fails is not to become a run that hangs."""
Record = dict[str, Any]


def record(error: BaseException, script: str, folder: str) -> None:
    """Write the record of what ended the script; whatever goes wrong with that is no matter."""
    try:
        clock = Clock(SECONDS)
        chain = [one_exception(one, link, script, clock) for one, link in chained(error)]
        data = fitting({"version": 1, "script": script, "exceptions": chain})
        draft = Path(folder) / f"{NAME}.part"
        draft.write_bytes(data)
        draft.replace(Path(folder) / NAME)
    except BaseException as trouble:  # noqa: BLE001  (the crash itself must still be reported)
        print(f"no crash record: {type(trouble).__name__}", file=sys.stderr)


def chained(error: BaseException) -> list[tuple[BaseException, str]]:
    """The exception and what led to it, the last one first; of a group its first member too."""
    found: list[tuple[BaseException, str]] = []
    link: str = ""
    one: BaseException | None = error
    while one is not None and len(found) < MOST_EXCEPTIONS and all(one is not e for e, _ in found):
        found.append((one, link))
        members = getattr(one, "exceptions", ())
        if isinstance(members, tuple) and members and isinstance(members[0], BaseException):
            one, link = members[0], "member"
        elif one.__cause__ is not None:
            one, link = one.__cause__, "cause"
        else:
            one, link = (None if one.__suppress_context__ else one.__context__), "context"
    return found


def one_exception(error: BaseException, link: str, script: str, clock: Clock) -> Record:
    """Type, message, what the exception itself knows, and its frames from the outside in."""
    told: Record = {
        "type": type(error).__name__,
        "message": message(error),
        "link": link,
        "frames": frames(error, script, clock),
    }
    for name in ("name", "filename"):
        value = getattr(error, name, None)
        if isinstance(value, (str, os.PathLike)):
            told[name] = cut(os.fsdecode(value), 4 * MOST_LETTERS)
    if isinstance(getattr(error, "errno", None), int):
        told["errno"] = error.errno  # type: ignore[attr-defined]
    if isinstance(error, SyntaxError):
        told["line"], told["column"] = error.lineno or 1, max(error.offset or 1, 1)
    return told


def message(error: BaseException) -> str:
    """What the exception says; a class that fails at that says nothing."""
    try:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        return cut(said, MOST_MESSAGE)
    except Exception:  # noqa: BLE001  (anybody's __str__)
        return ""


def frames(error: BaseException, script: str, clock: Clock) -> list[Record]:
    """The script's own frames with their variables; of libraries only the innermost has some.

    The innermost own frame also tells what the function takes that it called in vain.
    """
    stack: list[types.TracebackType] = []
    trace = error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(str(Path(__file__).parent)):
            stack.append(trace)
        trace = trace.tb_next
    if len(stack) > MOST_FRAMES:  # a recursion: its beginning and its end say it all
        stack = stack[:8] + stack[8 - MOST_FRAMES :]
    told = [frame(one, script, one is stack[-1], clock) for one in stack]
    for record, one in zip(reversed(told), reversed(stack), strict=True):
        if record["own"]:
            takes = signature_of(error, expression_text(record), one.tb_frame)
            record["values"] += [takes] if takes is not None else []
            break
    return told


def expression_text(record: Record) -> str:
    """The text of the failing expression; empty where its columns are not known."""
    if "column" not in record:
        return ""
    lines = [one.decode("utf-8", "replace") for one in lines_of(record["file"])]
    chosen = lines[record["line"] - 1 : record["end_line"]]
    chosen[-1] = chosen[-1][: record["end_column"] - 1]
    return "\n".join([chosen[0][record["column"] - 1 :], *chosen[1:]])


def frame(trace: types.TracebackType, script: str, last: bool, clock: Clock) -> Record:
    """One frame: where it is, to the expression, and its variables."""
    code = trace.tb_frame.f_code
    own = code.co_filename == script
    told: Record = {
        "file": cut(code.co_filename, 4 * MOST_LETTERS),
        "line": trace.tb_lineno,
        "function": cut(code.co_name),
        "own": own,
    }
    told.update(expression(trace, own))
    if own or last:
        told["values"] = variables(trace.tb_frame, own, clock)
    return told


def expression(trace: types.TracebackType, own: bool) -> Record:
    """Columns of the failing expression, from 1, in characters; nothing before Python 3.11."""
    code = trace.tb_frame.f_code
    if not own or not hasattr(code, "co_positions"):
        return {}
    places = list(code.co_positions())
    line, end_line, start, end = places[min(trace.tb_lasti // 2, len(places) - 1)]
    if line is None or end_line is None or start is None or end is None:
        return {}
    texts = lines_of(code.co_filename)
    return {
        "column": characters(texts, line, start) + 1,
        "end_line": end_line,
        "end_column": characters(texts, end_line, end) + 1,
    }


def lines_of(path: str) -> list[bytes]:
    """The lines of a script as bytes, as columns of code count bytes."""
    try:
        return Path(path).read_bytes().replace(b"\r\n", b"\n").split(b"\n")
    except OSError:
        return []


def characters(lines: list[bytes], line: int, offset: int) -> int:
    """How many characters so many bytes of a line are."""
    if not 0 < line <= len(lines):
        return offset
    return len(lines[line - 1][:offset].decode("utf-8", "replace"))


def variables(found: types.FrameType, own: bool, clock: Clock) -> list[Glance]:
    """The variables of a frame; of a library's function its arguments alone, and not deep."""
    code = found.f_code
    names: list[str] = list(found.f_locals)
    if not own:
        names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    hidden = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
    seen: list[Glance] = []
    for name in names:
        value = found.f_locals.get(name)
        if name.startswith("__") or isinstance(value, hidden) or len(seen) >= MOST_LOCALS:
            continue
        if code.co_name == "<module>" and name.isupper():
            continue
        seen.append(glance(name, value, clock, deep=own))
    return seen


def fitting(told: Record) -> bytes:
    """The record as JSON; the variables of outer frames are left out until it is short enough."""
    data = json.dumps(told, allow_nan=False, default=str).encode("ascii")
    listed = [one for error in reversed(told["exceptions"]) for one in error["frames"]]
    for one in listed:
        if len(data) <= MOST_BYTES:
            break
        if one.pop("values", None):
            data = json.dumps(told, allow_nan=False, default=str).encode("ascii")
    return data
