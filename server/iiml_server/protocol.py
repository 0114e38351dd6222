"""A language server that answers every request, only with real JSON, and never with a popup."""

from __future__ import annotations

import json
import logging
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInternalError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from iiml_codegen import __version__
from iiml_server.memory import Memory

log = logging.getLogger("iiml.server")


class StrictProtocol(LanguageServerProtocol):
    """pygls writes NaN as it stands and drops results that it cannot write; here both are errors.

    `_send_response` is private to pygls, which is why pyproject.toml pins it exactly and a test
    fails when this override is no longer called.
    """

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if error is None:
            try:
                json.dumps(self._converter.unstructure(result), allow_nan=False)
            except (TypeError, ValueError) as problem:
                failure = JsonRpcInternalError(message=f"result is not JSON: {problem}")
                result, error = None, failure.to_response_error()
        super()._send_response(msg_id, result, error)


class IimlServer(LanguageServer):
    """One daemon per editor window; its state lives on the event loop.

    `checks` runs verification, one at a time, on immutable snapshots of the text; `memory` knows
    what to show while a text does not parse.
    """

    def __init__(self) -> None:
        super().__init__(
            "iiml",
            __version__,
            protocol_cls=StrictProtocol,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
        )
        self.checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="iiml-check")
        self.waiting: dict[str, Hashable] = {}
        self.memory = Memory()

    @property
    def shows_related(self) -> bool:
        """Whether the editor can show other places beside a row."""
        document = self.client_capabilities.text_document
        rows = document.publish_diagnostics if document else None
        return bool(rows and rows.related_information)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log a bug with its traceback; sending it could fail the same way, without end."""
        log.error("unhandled in %s", getattr(source, "__name__", source), exc_info=error)


def outcome(future: Future[Any]) -> Any | None:
    """The result of a background check, or None after logging the bug that stopped it."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("a check failed", exc_info=error)
    return None
