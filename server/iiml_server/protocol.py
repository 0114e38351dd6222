"""The daemon: one language server per editor window, with everything that its features share."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from iiml_codegen import __version__
from iiml_server.children import Children, Ended
from iiml_server.configuration import Options
from iiml_server.memory import Memory
from iiml_server.sites import Sites
from iiml_server.strict import Refused, StrictProtocol

__all__ = ("IimlServer", "Refused", "outcome")

log = logging.getLogger("iiml.server")


class IimlServer(LanguageServer):
    """One daemon per editor window; its state lives on the event loop.

    `checks` runs verification, one at a time, on immutable snapshots of the text; `memory` knows
    what to show while a text does not parse. `readers` looks at folders, `sites` knows what lines
    mean. `keys` are handed to solvers and to nobody else.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(
            "iiml",
            __version__,
            protocol_cls=StrictProtocol,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
        )
        self.options = Options()
        self.keys = dict(keys or {})
        self.children = Children()
        self.checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="iiml-check")
        self.readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="iiml-read")
        self.waiting: dict[str, Hashable] = {}
        self.memory = Memory()
        self.sites = Sites(self)

    @property
    def shows_related(self) -> bool:
        """Whether the editor can show other places beside a row."""
        document = self.client_capabilities.text_document
        rows = document.publish_diagnostics if document else None
        return bool(rows and rows.related_information)

    async def run_process(self, command: Sequence[str], *, timeout: float | None = None) -> Ended:
        """Run a child to its end; see `Children.run`. Raises `Refused` in untrusted workspaces."""
        self.require_trust()
        return await self.children.run(command, timeout=timeout)

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


def outcome(future: Future[Any]) -> Any | None:
    """The result of a background check, or None after logging the bug that stopped it."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("a check failed", exc_info=error)
    return None
