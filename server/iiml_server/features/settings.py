"""The start of the conversation, and the choices that the editor tells then and later."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_server.checking import check_all
from iiml_server.features.lenses import refresh
from iiml_server.protocol import IimlServer


def initialize(ls: IimlServer, params: lsp.InitializeParams) -> None:
    """Take over what the editor chose at the start."""
    take_over(ls, params.initialization_options)


def did_change_configuration(ls: IimlServer, params: lsp.DidChangeConfigurationParams) -> None:
    """Take over what the user chose meanwhile, and show every module accordingly."""
    take_over(ls, params.settings)
    check_all(ls)
    refresh(ls)


def take_over(ls: IimlServer, chosen: object) -> None:
    """Choices that somebody told; whoever needs one asks `ls.options`."""
    ls.options = ls.options.changed(chosen)
    ls.memory.other_python = ls.options.other_python_server


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
