"""Completion of step ids in markers, and of outputs and columns in strings."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_codegen.insight.offering import Offer, offers
from iiml_codegen.insight.reading import Reading
from iiml_server.protocol import IimlServer
from iiml_server.sites import place, span

KINDS = {
    "step": lsp.CompletionItemKind.Reference,
    "output": lsp.CompletionItemKind.Value,
    "column": lsp.CompletionItemKind.Field,
}


def completion(ls: IimlServer, params: lsp.CompletionParams) -> lsp.CompletionList:
    """What fits at the cursor; nothing in ordinary code."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return lsp.CompletionList(is_incomplete=False, items=[])
    line, column = place(site.reading, params.position)
    found = offers(ls.sites.insight, site, line, column)
    items = [item(site.reading, line, one, number) for number, one in enumerate(found)]
    return lsp.CompletionList(is_incomplete=False, items=items)


def item(reading: Reading, line: int, offer: Offer, number: int) -> lsp.CompletionItem:
    """One choice, in the order of the offers."""
    return lsp.CompletionItem(
        label=offer.label,
        kind=KINDS[offer.kind],
        detail=offer.detail,
        sort_text=f"{number:04}",
        filter_text=offer.text,
        text_edit=lsp.TextEdit(
            range=span(reading, line, offer.start, offer.end), new_text=offer.text
        ),
    )


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    options = lsp.CompletionOptions(trigger_characters=["[", '"', "'"])
    server.feature(lsp.TEXT_DOCUMENT_COMPLETION, options)(completion)
