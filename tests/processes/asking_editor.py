"""An editor that asks a language server about places in documents: a real process, real pipes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

DEADLINE = 240.0
MARKDOWN = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        hover=lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown])
    ),
    workspace=lsp.WorkspaceClientCapabilities(
        workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True)
    ),
)


class Editor(LanguageClient):
    """A client that opens documents and asks about places in them."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(self.ignore)
        self.feature(lsp.WINDOW_LOG_MESSAGE)(self.ignore)

    @staticmethod
    def ignore(params: object) -> None:
        """Rows and logs are not looked at here."""

    def open(self, path: Path, text: str) -> lsp.TextDocumentIdentifier:
        item = lsp.TextDocumentItem(uri=path.as_uri(), language_id="python", version=1, text=text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))
        return lsp.TextDocumentIdentifier(uri=item.uri)

    def change(self, document: lsp.TextDocumentIdentifier, text: str, version: int) -> None:
        self.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                text_document=lsp.VersionedTextDocumentIdentifier(
                    uri=document.uri, version=version
                ),
                content_changes=[lsp.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )

    async def hover_at(
        self, document: lsp.TextDocumentIdentifier, text: str, piece: str, on: str = ""
    ) -> lsp.Hover | None:
        position = at(text, piece, on)
        params = lsp.HoverParams(text_document=document, position=position)
        return await self.text_document_hover_async(params)

    async def told(
        self, document: lsp.TextDocumentIdentifier, text: str, piece: str, on: str = ""
    ) -> str:
        """The text of a hover."""
        found = await self.hover_at(document, text, piece, on)
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value


def at(text: str, piece: str, on: str = "") -> lsp.Position:
    """A place in UTF-16 units, in lines as an editor counts them."""
    before = text[: text.index(piece) + piece.index(on)].replace("\r\n", "\n")
    line = before[before.rfind("\n") + 1 :]
    units = len(line.encode("utf-16-le")) // 2
    return lsp.Position(line=before.count("\n"), character=units)


def session(
    work: Callable[[Editor], Awaitable[None]],
    options: object = None,
    capabilities: lsp.ClientCapabilities = MARKDOWN,
) -> None:
    """Start a server, say hello, do the work, say good-bye."""

    async def talk() -> None:
        editor = Editor()
        await editor.start_io(sys.executable, "-I", "-m", "iiml_server")
        async with asyncio.timeout(DEADLINE):
            await editor.initialize_async(
                lsp.InitializeParams(
                    capabilities=capabilities, process_id=None, initialization_options=options
                )
            )
            editor.initialized(lsp.InitializedParams())
            await work(editor)
            await editor.shutdown_async(None)
            editor.exit(None)
            await editor.stop()

    asyncio.run(talk())
