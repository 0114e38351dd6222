"""Progress of solves, for editors that have no view of ours."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from iiml_server.sessions import Session
from iiml_server.state import step_of

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")
PREFIX = "iiml-solve-"


class Progress:
    """One cancellable progress per session that solves, by the session's URI."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._begun: set[str] = set()
        self._beginning: set[asyncio.Task[None]] = set()
        self._count = 0

    def show(self, ls: IimlServer, session: Session) -> None:
        """Begin, report or end, as the session stands."""
        if ls.options.client_commands or not can_show(ls):
            return
        token = self._shown.get(session.uri)
        if session.running and token is None:
            self._count += 1
            self._shown[session.uri] = f"{PREFIX}{self._count}"
            task = asyncio.ensure_future(self._begin(ls, session, self._shown[session.uri]))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)
        elif session.running and token in self._begun:
            report = lsp.WorkDoneProgressReport(message=said(session), cancellable=True)
            ls.work_done_progress.report(token, report)
        elif not session.running and token is not None:
            self._end(ls, session.uri, token)

    def session_of(self, ls: IimlServer, token: object) -> Session | None:
        """The session that a token shows; None for other tokens."""
        uri = next((uri for uri, shown in self._shown.items() if shown == token), None)
        return ls.sessions.of(uri) if uri else None

    async def _begin(self, ls: IimlServer, session: Session, token: str) -> None:
        try:
            await ls.work_done_progress.create_async(token)
        except JsonRpcException as error:
            log.info("the editor shows no progress: %s", error.message)
            return
        title = f"iiML solves {session.folder.name}"
        begin = lsp.WorkDoneProgressBegin(title=title, cancellable=True, message=said(session))
        ls.work_done_progress.begin(token, begin)
        self._begun.add(token)
        if self._shown.get(session.uri) != token:
            self._end(ls, session.uri, token)

    def _end(self, ls: IimlServer, uri: str, token: str) -> None:
        if self._shown.get(uri) == token:
            del self._shown[uri]
        if token in self._begun:  # what has not begun ends when it begins
            self._begun.discard(token)
            ls.work_done_progress.end(token, lsp.WorkDoneProgressEnd())
            ls.work_done_progress.tokens.pop(token, None)


def can_show(ls: IimlServer) -> bool:
    """Whether the editor takes progress that we begin."""
    window = ls.client_capabilities.window
    return bool(window and window.work_done_progress)


def said(session: Session) -> str:
    """What is done now, and the best score."""
    score = session.view.best_score
    best = f", best {score:.5g}" if score is not None else ""
    return f"{step_of(session)}{best}"
