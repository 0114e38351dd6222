"""Hover: what a line of a module or pipeline means."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_codegen.insight import hovering
from iiml_codegen.insight.said import markdown, plain
from iiml_server.protocol import IimlServer
from iiml_server.sites import place, span


def hover(ls: IimlServer, params: lsp.HoverParams) -> lsp.Hover | None:
    """The step, the value under the cursor, what feeds it and the score."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return None
    line, column = place(site.reading, params.position)
    found = hovering.hover(ls.sites.insight, site, line, column)
    if found is None or not any(found.paragraphs):
        return None
    marked = reads_markdown(ls)
    kind = lsp.MarkupKind.Markdown if marked else lsp.MarkupKind.PlainText
    text = markdown(found.paragraphs) if marked else plain(found.paragraphs)
    word = found.word
    return lsp.Hover(
        contents=lsp.MarkupContent(kind=kind, value=text),
        range=span(site.reading, line, word.start, word.end) if word else None,
    )


def reads_markdown(ls: IimlServer) -> bool:
    """Whether the editor shows Markdown; one that does not say is taken to."""
    document = ls.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    return not formats or lsp.MarkupKind.Markdown in formats


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)
