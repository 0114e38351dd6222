"""Runs the language server on standard input and output: `python -I -m iiml_server`."""

from __future__ import annotations

import logging
import sys

from lsprotocol import types as lsp

from iiml_server.checking import check_all, check_soon, forget
from iiml_server.configuration import other_python_server
from iiml_server.protocol import IimlServer
from iiml_server.stdio import claim_stdio

# The handlers are plain functions: pygls runs those in the order in which messages arrive, while
# asynchronous ones overtake one another.


def initialize(ls: IimlServer, params: lsp.InitializeParams) -> None:
    """Take over what the editor chose at the start."""
    ls.memory.other_python = other_python_server(params.initialization_options)


def did_change_configuration(ls: IimlServer, params: lsp.DidChangeConfigurationParams) -> None:
    """Take over what the user chose meanwhile, and show every module accordingly."""
    ls.memory.other_python = other_python_server(params.settings, ls.memory.other_python)
    check_all(ls)


def did_open(ls: IimlServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Check at once what was opened."""
    check_soon(ls, params.text_document.uri, pause=0)


def did_change(ls: IimlServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Check when typing pauses."""
    check_soon(ls, params.text_document.uri)


def did_save(ls: IimlServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """Check at once what was saved."""
    check_soon(ls, params.text_document.uri, pause=0)


def did_close(ls: IimlServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """A closed document has no rows."""
    forget(ls, params.text_document.uri)


def create_server() -> IimlServer:
    """A server with all its handlers."""
    server = IimlServer()
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    return server


def main() -> int:
    """Serve until the client says `exit` or its pipe closes; returns the exit code."""
    reader, writer = claim_stdio()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    # pygls logs every message with its text at this level: code and settings do not belong there.
    logging.getLogger("pygls").setLevel(logging.WARNING)
    create_server().start_io(reader, writer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
