"""Document symbols: functions and values, and inside prepare and fit the steps with theirs."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_codegen.insight.chunks import Chunk, Kind
from iiml_codegen.insight.reading import Region
from iiml_codegen.insight.site import Site
from iiml_server.protocol import IimlServer
from iiml_server.sites import lines_range, span

KINDS: dict[Kind, lsp.SymbolKind] = {
    "function": lsp.SymbolKind.Function,
    "class": lsp.SymbolKind.Class,
    "value": lsp.SymbolKind.Constant,
}


def document_symbol(
    ls: IimlServer, params: lsp.DocumentSymbolParams
) -> list[lsp.DocumentSymbol] | None:
    """The outline of a module or pipeline; a step that stands above a function holds it."""
    site = ls.sites.of(params.text_document.uri)
    if site is None:
        return None
    above = [one for one in site.reading.regions if site.reading.chunk_at(one.first) is None]
    held = {chunk.first: region for region in above for chunk in inside(site, region)}
    symbols = [step_symbol(site, region) for region in above]
    for chunk in site.reading.chunks:
        if chunk.facts.kind in KINDS and chunk.facts.name and chunk.first not in held:
            symbols.append(definition(site, chunk))
    return sorted(symbols, key=lambda one: one.range.start.line)


def inside(site: Site, region: Region) -> list[Chunk]:
    """The definitions in a step's region."""
    return [
        chunk
        for chunk in site.reading.chunks
        if region.first < chunk.first <= region.last and chunk.facts.name
    ]


def definition(site: Site, chunk: Chunk) -> lsp.DocumentSymbol:
    """A function, class or value; the steps inside a function are its children."""
    children = [
        step_symbol(site, region)
        for region in site.reading.regions
        if chunk.first <= region.first <= chunk.last
    ]
    steps = () if children else site.reading.users.get(chunk.facts.name, ())
    line, start = name_place(site, chunk)
    return lsp.DocumentSymbol(
        name=chunk.facts.name,
        kind=KINDS[chunk.facts.kind],
        detail=", ".join(steps) or None,
        range=lines_range(site.reading, chunk.first, chunk.last),
        selection_range=span(site.reading, line, start, start + len(chunk.facts.name)),
        children=children,
    )


def name_place(site: Site, chunk: Chunk) -> tuple[int, int]:
    """Line and column at which a definition has its name; decorators stand above it."""
    name = chunk.facts.name
    for line in range(chunk.first, chunk.last + 1):
        said = site.reading.lines[line - 1]
        if not said.startswith("@") and name in said:
            return line, said.index(name)
    return chunk.first, 0


def step_symbol(site: Site, region: Region) -> lsp.DocumentSymbol:
    """A step with what is defined in its region."""
    step = site.facts.step(region.step)
    start = site.reading.lines[region.first - 1].index("#")
    marked = len(site.reading.lines[region.first - 1])
    children = [definition(site, chunk) for chunk in inside(site, region)]
    return lsp.DocumentSymbol(
        name=f"{region.step} {step.title}" if step else region.step,
        kind=lsp.SymbolKind.Event,
        range=lines_range(site.reading, region.first, region.last),
        selection_range=span(site.reading, region.first, start, marked),
        children=[*children, *assignments(site, region)],
    )


def assignments(site: Site, region: Region) -> list[lsp.DocumentSymbol]:
    """The values that a step's region makes."""
    chunk = site.reading.chunk_at(region.first)
    found = []
    for said in chunk.facts.statements if chunk else ():
        first, last = (chunk.first + said.first, chunk.first + said.last) if chunk else (1, 1)
        if said.makes and region.first < first <= region.last:
            found.append(
                lsp.DocumentSymbol(
                    name=", ".join(said.makes),
                    kind=lsp.SymbolKind.Variable,
                    range=lines_range(site.reading, first, last),
                    selection_range=lines_range(site.reading, first, first),
                )
            )
    return found


def register(server: IimlServer) -> None:
    """Add the handler to a server."""
    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbol)
