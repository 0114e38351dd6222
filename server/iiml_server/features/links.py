"""Document links: from a step's marker to its line in the blueprint."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_server.protocol import IimlServer
from iiml_server.sites import span


def document_link(ls: IimlServer, params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
    """A link on the id of each marker whose step the page tells of."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return []
    page = (site.facts.home / "blueprint.md").as_uri()
    links = []
    for step, line, column in site.reading.marked:
        told = site.facts.page.get(step)
        if told is not None:
            start = site.reading.lines[line - 1].index(step, column)
            known = site.facts.step(step)
            links.append(
                lsp.DocumentLink(
                    range=span(site.reading, line, start, start + len(step)),
                    target=f"{page}#L{told}",
                    tooltip=known.title if known else None,
                )
            )
    return links


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)(document_link)
