"""The daemon: one language server per editor window, with everything that its features share."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from iiml_codegen import __version__
from iiml_codegen.domain.events import Entry
from iiml_server.buffers import conflict_notes, keep_conflicts
from iiml_server.checker import Checker
from iiml_server.checking import Checking
from iiml_server.children import Children, Ended
from iiml_server.configuration import Options
from iiml_server.memory import Memory
from iiml_server.pending import Patches
from iiml_server.progress import Progress
from iiml_server.run_results import RunResults
from iiml_server.sessions import Session, Sessions
from iiml_server.sites import Sites
from iiml_server.state import competition_state
from iiml_server.strict import Refused, StrictProtocol
from iiml_server.verification import Verification
from iiml_server.wire import CompetitionState

__all__ = ("IimlServer", "Refused")

T = TypeVar("T")
ENDED_FROM_OUTSIDE = 1
log = logging.getLogger("iiml.server")


class IimlServer(LanguageServer):
    """One daemon per editor window; its state lives on the event loop.

    `checks` looks at immutable snapshots of texts, one at a time, with the help of the process of
    `checker`; `memory` knows what to show while a text does not parse. `readers` looks at folders,
    `sites` knows what lines mean. `mends` are the texts after the quick fixes told of a document's
    version, by URI and name. `keys` are handed to solvers and to nobody else. `hearers` get
    the new entries of each journal, then `viewers` the session that changed.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(
            "iiml",
            __version__,
            protocol_cls=StrictProtocol,
            # Whole texts: pygls would put parts where `str.splitlines` ends lines, which is also at
            # form feeds and U+2028, and so somewhere else than the editor did.
            text_document_sync_kind=lsp.TextDocumentSyncKind.Full,
        )
        self.options = Options()
        self.keys = dict(keys or {})
        self.children = Children()
        self.checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="iiml-check")
        self.checker = Checker()
        self.readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="iiml-read")
        self.solve_progress = Progress()
        self.sessions = Sessions(self.readers, self._changed)
        self.hearers: list[Callable[[IimlServer, Path, Sequence[Entry]], None]] = []
        self.viewers: list[Callable[[IimlServer, Session], None]] = []
        self.memory = Memory()
        self.checking = Checking()
        self.results = RunResults()
        self.verification = Verification()
        self.patches = Patches()
        self.mends: dict[str, tuple[int | None, dict[str, str]]] = {}
        self.sites = Sites(self)

    @property
    def shows_related(self) -> bool:
        """Whether the editor can show other places beside a row."""
        document = self.client_capabilities.text_document
        rows = document.publish_diagnostics if document else None
        return bool(rows and rows.related_information)

    @property
    def has_models(self) -> bool:
        """Whether the client has language models that we may ask, which takes trust, too."""
        return self.options.trusted and self.options.answers_models

    async def run_process(
        self,
        command: Sequence[str],
        *,
        each: Callable[[bytes], None] | None = None,
        timeout: float | None = None,
    ) -> Ended:
        """Run a child to its end; see `Children.run`. Raises `Refused` in untrusted workspaces."""
        self.require_trust()
        return await self.children.run(command, each=each, timeout=timeout)

    async def aside(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function that reads or writes files, away from the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers, function, *arguments)

    def withdraw(self, number: str) -> None:
        """Tell the client that we need no answer to a request of ours any more."""
        self.protocol._request_futures.pop(number, None)
        self.protocol._result_types.pop(number, None)
        self.protocol.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(id=number))

    @property
    def said_goodbye(self) -> bool:
        """Whether the client asked for the end before it came."""
        return self.protocol._shutdown

    def end_now(self, why: str = "the editor is gone") -> None:
        """End the daemon with its children at once, from any thread."""
        log.warning("%s", why)
        self.children.end_all()
        os._exit(ENDED_FROM_OUTSIDE)

    def state(self, session: Session) -> CompetitionState:
        """What a client shows of a competition."""
        return competition_state(session, conflict_notes(session))

    def _changed(self, session: Session, entries: Sequence[Entry]) -> None:
        """Tell the features about a session: first those that learn from it, then the views."""
        keep_conflicts(self, session)
        if entries:
            for hear in self.hearers:
                hear(self, session.folder, entries)
        for show in self.viewers:
            show(self, session)

    def require_trust(self) -> None:
        """Raises `Refused` where the user does not trust the workspace: then nothing may run."""
        if not self.options.trusted:
            raise Refused("This workspace is not trusted: trust it first, then iiML can run code.")

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log a bug with its traceback; sending it could fail the same way, without end."""
        if isinstance(error, JsonRpcException) and error.data is None:
            log.warning("%s", error)
            return
        log.error("unhandled in %s", getattr(source, "__name__", source), exc_info=error)
