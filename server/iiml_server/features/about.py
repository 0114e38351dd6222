"""What a report about a problem needs: versions, choices, sessions, the end of the log."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict

from iiml_codegen import __version__
from iiml_codegen.backbones.keys import Secrets
from iiml_codegen.execution.environment import find_interpreter
from iiml_server.interpreters import interpreter_for
from iiml_server.protocol import IimlServer
from iiml_server.recent import recent
from iiml_server.state import status_of
from iiml_server.wire import Nothing, Text

SHOWN = ("pygls", "lsprotocol", "jedi", "libcst", "msgspec", "watchdog", "psutil")


def debug_info(ls: IimlServer, params: Nothing | None) -> Text:
    """Everything, as text that anybody may read."""
    parts = [versions(), chosen(ls), followed(ls), ["Last lines of the log", *recent()]]
    text = "\n\n".join("\n".join(part) for part in parts)
    return Text(text=Secrets(ls.keys).hidden(text) + "\n")


def versions() -> Iterator[str]:
    """What runs, and in which versions."""
    from importlib.metadata import version  # asked for rarely, and slow to load

    yield f"iiML {__version__}"
    yield f"Python {platform.python_version()} at {sys.executable}"
    yield f"System {platform.platform()}"
    for name in SHOWN:
        yield f"{name} {version(name)}"


def chosen(ls: IimlServer) -> Iterator[str]:
    """The settings in force, and which Python computes, and why."""
    wanted = ls.options.interpreter
    why = "chosen in the editor" if wanted else "nobody chose one: it is the daemon's own"
    yield f"Computing Python {wanted or find_interpreter(None)} ({why})"
    yield f"Keys for {', '.join(sorted(ls.keys)) or 'nothing'}"
    yield "Settings"
    yield from (f"  {name}: {value}" for name, value in asdict(ls.options).items())


def followed(ls: IimlServer) -> Iterator[str]:
    """The sessions, how each is followed, and which Python computes there."""
    yield f"Sessions: {len(ls.sessions.all())}"
    for session in ls.sessions.all():
        how = "looked at every second" if session.watch.blind else "watched"
        solver = f", solver {session.last.holder.pid}" if session.last.holder else ""
        entries, trouble = session.last.seen.seq, session.last.trouble
        yield f"  {session.folder}: {status_of(session)}, {entries} entries, {how}{solver}"
        if (python := interpreter_for(ls.options, session.folder)) != ls.options.interpreter:
            yield f"    Computing Python {python}"
        if trouble:
            yield f"    {trouble}"


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature("iiml/debugInfo")(debug_info)
