"""The modules and pipelines that editors ask about, each text read once per version."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from iiml_codegen.insight.reading import Reading
from iiml_codegen.insight.site import Insight, Site
from iiml_server.positions import characters, utf16


class Sites:
    """Sites by URI: of open documents as they are edited, of others as they lie on disk.

    `known` is what the editor was last asked to show anew, by the folder's URI.
    """

    def __init__(self, server: LanguageServer) -> None:
        self.server = server
        self.readings: dict[str, tuple[int | None, Reading]] = {}
        self.known: dict[str, object] = {}
        self.insight = Insight(self.open_reading)

    def of(self, uri: str) -> Site | None:
        """A module or pipeline by its URI; None for other documents, and for what is gone."""
        path = to_fs_path(uri)
        return self.insight.site(Path(path)) if path else None

    def document(self, path: Path) -> TextDocument | None:
        """The open document of a file."""
        documents = self.server.workspace.text_documents.values()
        return next((one for one in documents if one.path and Path(one.path) == path), None)

    def open_reading(self, path: Path) -> Reading | None:
        """The reading of an open document's current text."""
        document = self.document(path)
        if document is None:
            return None
        known = self.readings.get(document.uri)
        if known is None or known[0] != document.version:
            open_now = {one.uri for one in self.server.workspace.text_documents.values()}
            self.readings = {uri: one for uri, one in self.readings.items() if uri in open_now}
            known = self.readings[document.uri] = (document.version, Reading(document.source))
        return known[1]


def place(reading: Reading, position: lsp.Position) -> tuple[int, int]:
    """Line from 1 and column in characters from 0."""
    line = reading.lines[position.line] if position.line < len(reading.lines) else ""
    return position.line + 1, characters(line, position.character)


def span(reading: Reading, line: int, start: int, end: int) -> lsp.Range:
    """The range of some characters of a line, which counts from 1."""
    said = reading.lines[line - 1]
    return lsp.Range(
        start=lsp.Position(line=line - 1, character=utf16(said[:start])),
        end=lsp.Position(line=line - 1, character=utf16(said[:end])),
    )


def lines_range(reading: Reading, first: int, last: int) -> lsp.Range:
    """Whole lines, counted from 1, without the last one's end."""
    return lsp.Range(
        start=lsp.Position(line=first - 1, character=0),
        end=lsp.Position(line=last - 1, character=utf16(reading.lines[last - 1])),
    )


def line_location(path: Path, line: int) -> lsp.Location:
    """The beginning of a line of a file."""
    start = lsp.Position(line=max(line, 1) - 1, character=0)
    return lsp.Location(uri=path.as_uri(), range=lsp.Range(start=start, end=start))
