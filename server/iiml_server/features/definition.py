"""Go to definition: from pipelines to modules, from markers to the plan, from names to prep."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_codegen.insight.targets import targets
from iiml_server.protocol import IimlServer
from iiml_server.sites import line_location, place


def definition(ls: IimlServer, params: lsp.DefinitionParams) -> list[lsp.Location]:
    """Where the thing under the cursor is defined; ordinary names are left to other servers."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return []
    line, column = place(site.reading, params.position)
    found = targets(ls.sites.insight, site, line, column)
    return [line_location(one.path, one.line) for one in found]


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature(lsp.TEXT_DOCUMENT_DEFINITION)(definition)
