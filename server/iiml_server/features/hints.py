"""Inlay hints: sizes and types of outputs, where prep makes them and where it returns them."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from iiml_codegen.domain.contract import Observation
from iiml_codegen.insight.folder import observation
from iiml_codegen.insight.outputs import Made
from iiml_codegen.insight.site import Site
from iiml_codegen.insight.values import size_of
from iiml_server.positions import utf16
from iiml_server.protocol import IimlServer

STALE = "as prep gave it before the last edit"
LONGEST = 60


def inlay_hint(ls: IimlServer, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """The hints of the visible lines of prep; none unless the user wants them."""
    site = ls.sites.of(params.text_document.uri) if ls.options.inlay_hints else None
    if site is None or site.kind != "prep":
        return []
    given, current = ls.sites.insight.observed(site)
    hints: dict[int, lsp.InlayHint] = {}
    for one in ls.sites.insight.made(site):
        seen = observation(given, one.output)
        for line in lines_of(one) if seen else ():
            if seen and params.range.start.line < line <= params.range.end.line + 1:
                hints.setdefault(line, hint(site, line, seen, current))
    return [hints[line] for line in sorted(hints)]


def lines_of(made: Made) -> Iterator[int]:
    """The lines that get a hint: the last assignment, and the output's key."""
    if made.made is not None:
        yield made.made
    yield made.given


def hint(site: Site, line: int, seen: Observation, current: bool) -> lsp.InlayHint:
    """What an output was, behind a line."""
    kind = seen.dtype.replace(" x ", " × ")
    label = f"{size_of(seen)}, {kind}" if kind else size_of(seen)
    said = site.reading.lines[line - 1].rstrip()
    return lsp.InlayHint(
        position=lsp.Position(line=line - 1, character=utf16(said)),
        label=label if len(label) <= LONGEST else label[: LONGEST - 1] + "…",
        kind=lsp.InlayHintKind.Type,
        tooltip=f"{seen.output}, {'as prep gave it last' if current else STALE}",
        padding_left=True,
    )


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)(inlay_hint)
