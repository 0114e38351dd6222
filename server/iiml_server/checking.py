"""Checks a module as it is typed: waits for a pause, works on a snapshot, drops stale results."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import to_fs_path

from iiml_codegen.domain.fault import Violation
from iiml_server.diagnostics import diagnostics, is_module
from iiml_server.module_check import check_module
from iiml_server.protocol import IimlServer, outcome

PAUSE = 0.3  # seconds without a keystroke


def check_soon(ls: IimlServer, uri: str, pause: float = PAUSE) -> None:
    """Check the document after a pause; a later call for the same document replaces this one."""
    path = to_fs_path(uri)
    if path is None or not is_module(Path(path)):
        return
    turn = object()
    ls.waiting[uri] = turn
    asyncio.get_running_loop().call_later(pause, _check, ls, uri, turn)


def _check(ls: IimlServer, uri: str, turn: object) -> None:
    if ls.waiting.get(uri) is not turn:
        return
    document = ls.workspace.get_text_document(uri)
    text, version = document.source, document.version
    loop = asyncio.get_running_loop()
    future = ls.checks.submit(check_module, Path(document.path), text)
    show = partial(_show, ls, uri, turn, text, version)
    future.add_done_callback(lambda done: loop.call_soon_threadsafe(show, done))


def _show(
    ls: IimlServer,
    uri: str,
    turn: object,
    text: str,
    version: int | None,
    done: Future[Sequence[Violation]],
) -> None:
    violations = outcome(done)
    if violations is not None and ls.waiting.get(uri) is turn:
        shown = ls.memory.shown(uri, text, violations)
        home = Path(to_fs_path(uri) or "").parent if ls.shows_related else None
        publish(ls, uri, version, diagnostics(shown, text, home))


def forget(ls: IimlServer, uri: str) -> None:
    """Take a closed document's rows away and drop the checks that wait for it."""
    ls.memory.forget(uri)
    if ls.waiting.pop(uri, None) is not None:
        publish(ls, uri, None, [])


def check_all(ls: IimlServer) -> None:
    """Check every open module anew, as after a change of the settings."""
    for uri in sorted(ls.waiting):
        check_soon(ls, uri, pause=0)


def publish(ls: IimlServer, uri: str, version: int | None, found: list[lsp.Diagnostic]) -> None:
    """Replace the rows of one document."""
    ls.text_document_publish_diagnostics(
        lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
    )
