"""Documents, as the editor tells of them."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_server.buffers import closed, saved
from iiml_server.checking import check_soon, forget
from iiml_server.places import path_of
from iiml_server.protocol import IimlServer
from iiml_server.saving import verify_saved
from iiml_server.verification import keep

# The handlers are plain functions: pygls runs those in the order in which messages arrive, while
# asynchronous ones overtake one another.


def did_open(ls: IimlServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Check at once what was opened."""
    check_soon(ls, params.text_document.uri, pause=0)
    if not ls.options.client_commands:
        follow(ls, params.text_document.uri)


def follow(ls: IimlServer, uri: str) -> None:
    """Follow the competition of a module; editors without views of ours name no folders to us."""
    if uri in ls.checking.turns and ls.sessions.of(uri) is None:
        home = next(folder for folder in path_of(uri).parents if folder.name == "iiml")
        keep(ls, ls.sessions.open(home.parent.as_uri()))


def did_change(ls: IimlServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Check when typing pauses."""
    check_soon(ls, params.text_document.uri)


def did_save(ls: IimlServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """Check at once what was saved."""
    saved(ls, params.text_document.uri)
    check_soon(ls, params.text_document.uri, pause=0)
    verify_saved(ls, params.text_document.uri)


def did_close(ls: IimlServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """A closed document has no rows, and its versions count anew when it is opened again."""
    ls.mends.pop(params.text_document.uri, None)
    closed(ls, params.text_document.uri)
    forget(ls, params.text_document.uri)


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)
