"""Shows what stands against a module: as it is typed after each pause, and after runs.

A check works on a snapshot of the text in a process of its own; the loop only publishes. Of each
document one check is at work, and what a newer one made needless is left out or dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from iiml_codegen.domain.fault import Violation
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING
from iiml_server.checker import Checker
from iiml_server.diagnostics import diagnostics, is_module
from iiml_server.echoes import without_echoes
from iiml_server.memory import Memory
from iiml_server.module_check import check_module
from iiml_server.related_places import Surroundings
from iiml_server.run_results import Found

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")

PAUSE = 0.12  # seconds without a keystroke


@dataclass(frozen=True)
class Snapshot:
    """A document as it was when its check was due; `found` is what runs found in it."""

    uri: str
    path: Path
    text: str
    version: int | None
    found: tuple[Found, ...]
    around: Surroundings | None
    open: bool = True


@dataclass
class Turn:
    """The latest wish to check a document, and the check that answers it."""

    future: Future[list[lsp.Diagnostic]] | None = None


@dataclass
class Checking:
    """The turns of open documents by URI, and the closed ones that have rows.

    `followers` are told of each open module that was looked at, with the text that it has now.
    """

    turns: dict[str, Turn] = field(default_factory=dict)
    closed: dict[str, Turn] = field(default_factory=dict)
    followers: list[Callable[[IimlServer, Path], None]] = field(default_factory=list)


def check_soon(ls: IimlServer, uri: str, pause: float = PAUSE) -> None:
    """Check the document after a pause; a later call for the same document replaces this one."""
    path = to_fs_path(uri)
    if path is None or not is_module(Path(path)):
        return
    ls.checking.closed.pop(uri, None)
    turn = Turn()
    replaced = ls.checking.turns.get(uri)
    if replaced is not None and replaced.future is not None:
        replaced.future.cancel()  # only one that has not begun
    ls.checking.turns[uri] = turn
    asyncio.get_running_loop().call_later(pause, _check, ls, uri, turn)


def _check(ls: IimlServer, uri: str, turn: Turn) -> None:
    if ls.checking.turns.get(uri) is turn:
        snapshot = snapshot_of(ls, ls.workspace.get_text_document(uri))
        _look(ls, snapshot, turn, ls.checking.turns)


def snapshot_of(ls: IimlServer, document: TextDocument) -> Snapshot:
    """An open document as it is now."""
    path = Path(document.path)
    around = surroundings(ls, path)
    found = ls.results.of(path)
    return Snapshot(document.uri, path, document.source, document.version, found, around)


def surroundings(ls: IimlServer, path: Path) -> Surroundings | None:
    """The files around a module, where the editor can show them."""
    if not ls.shows_related:
        return None
    return Surroundings(path.parent, {p: d.source for p, d in open_modules(ls).items()})


def open_modules(ls: IimlServer) -> dict[Path, TextDocument]:
    """The modules that are open in the editor, by path."""
    documents = (ls.workspace.get_text_document(uri) for uri in ls.checking.turns)
    return {Path(document.path): document for document in documents}


def _look(ls: IimlServer, snapshot: Snapshot, turn: Turn, turns: dict[str, Turn]) -> None:
    loop = asyncio.get_running_loop()
    turn.future = ls.checks.submit(look, snapshot, ls.memory, ls.checker)
    show = partial(_show, ls, snapshot, turn, turns)
    turn.future.add_done_callback(lambda done: loop.call_soon_threadsafe(show, done))


def look(snapshot: Snapshot, memory: Memory, checker: Checker) -> list[lsp.Diagnostic]:
    """All rows of one document: what its text shows, and what runs found in it."""
    shown: list[Violation] = []
    if snapshot.open:
        violations = checker.call(check_module, snapshot.path, snapshot.text)
        shown = memory.shown(snapshot.uri, snapshot.text, violations)
    runs = [one for found in snapshot.found for one in found.now(snapshot.text)]
    news = [one for one in dict.fromkeys(runs) if not told(one, snapshot)]
    once = without_echoes([*dict.fromkeys(shown)], news)
    return diagnostics(once, snapshot.text, snapshot.around)


def told(violation: Violation, snapshot: Snapshot) -> bool:
    """Whether the text alone tells it, of the text as it is now."""
    return snapshot.open and int(violation.code[4]) <= WITHOUT_RUNNING


def _show(
    ls: IimlServer,
    snapshot: Snapshot,
    turn: Turn,
    turns: dict[str, Turn],
    done: Future[list[lsp.Diagnostic]],
) -> None:
    if done.cancelled() or turns.get(snapshot.uri) is not turn:
        return
    if error := done.exception():
        log.error("a check failed", exc_info=error)
        return
    rows = done.result()
    publish(ls, snapshot.uri, snapshot.version, rows)
    if snapshot.open:
        for tell in ls.checking.followers:
            tell(ls, snapshot.path)
    elif not rows:
        turns.pop(snapshot.uri)


def forget(ls: IimlServer, uri: str) -> None:
    """Drop the checks of a closed document; of its rows only those of runs stay."""
    ls.memory.forget(uri)
    if ls.checking.turns.pop(uri, None) is not None:
        _show_closed(ls, uri, Path(to_fs_path(uri) or ""))


def _show_closed(ls: IimlServer, uri: str, path: Path) -> None:
    found, module = ls.results.of(path), read(path).module
    if not found or module is None:
        ls.checking.closed.pop(uri, None)
        publish(ls, uri, None, [])
        return
    around = surroundings(ls, path)
    snapshot = Snapshot(uri, path, module.text, None, found, around, open=False)
    turn = ls.checking.closed[uri] = Turn()
    _look(ls, snapshot, turn, ls.checking.closed)


def show_again(ls: IimlServer, paths: Iterable[Path]) -> None:
    """Show modules anew, open or closed, as after a run."""
    opened = open_modules(ls)
    for path in sorted(paths):
        if path in opened:
            check_soon(ls, opened[path].uri, pause=0)
        else:
            _show_closed(ls, path.as_uri(), path)


def check_all(ls: IimlServer) -> None:
    """Check every open module anew, as after a change of the settings."""
    for uri in sorted(ls.checking.turns):
        check_soon(ls, uri, pause=0)


def publish(ls: IimlServer, uri: str, version: int | None, found: list[lsp.Diagnostic]) -> None:
    """Replace the rows of one document."""
    ls.text_document_publish_diagnostics(
        lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
    )
