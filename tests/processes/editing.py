"""An editor as a client in the test: documents, rows, patches, and edits that it applies."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec, TextDocument

from iiml_server.messages import message_type

DEADLINE = 240.0
SERVE = ["-I", "-m", "iiml_server"]
CAPABILITIES = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(related_information=True),
        code_action=lsp.CodeActionClientCapabilities(
            resolve_support=lsp.ClientCodeActionResolveOptions(properties=["edit"])
        ),
    ),
    workspace=lsp.WorkspaceClientCapabilities(
        apply_edit=True,
        workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True),
    ),
)
OPTIONS = {"trusted": True, "interpreter": sys.executable}


class Document:
    """A document as the editor has it, with the texts before, for undo."""

    def __init__(self, path: Path, text: str) -> None:
        self.uri, self.path, self.text, self.version = path.as_uri(), path, text, 1
        self.before: list[str] = []


class Editor(LanguageClient):
    """A client that keeps what the server tells, and applies its edits."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.documents: dict[str, Document] = {}
        self.rows: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: dict[str, int | None] = {}
        self.told: dict[str, list[Any]] = {}
        self.applies = True
        self.said: list[lsp.ShowMessageParams] = []
        self.opened: list[str] = []
        self.progress: list[lsp.ProgressParams] = []
        self.steps = 0
        self.news = asyncio.Condition()
        self.protocol.get_message_type = _with_ours(self.protocol.get_message_type)  # type: ignore[method-assign]
        self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(self._keeper())
        self.feature(lsp.WORKSPACE_APPLY_EDIT)(self._applier())
        self.feature(lsp.WINDOW_SHOW_DOCUMENT)(self._opener())
        self.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)(lambda params: None)
        self.feature(lsp.PROGRESS)(self._adder(self.progress))
        self.feature(lsp.WINDOW_SHOW_MESSAGE)(self._adder(self.said))
        for method in ("iiml/patchesChanged", "iiml/moduleVerified", "iiml/competitionChanged"):
            self.feature(method)(self._hearer(method))

    def _keeper(self) -> Callable[[lsp.PublishDiagnosticsParams], Awaitable[None]]:
        async def keep(params: lsp.PublishDiagnosticsParams) -> None:
            async with self.news:
                self.rows[params.uri] = list(params.diagnostics)
                self.versions[params.uri] = params.version
                self.news.notify_all()

        return keep

    def _hearer(self, method: str) -> Callable[[Any], Awaitable[None]]:
        async def hear(params: Any) -> None:
            async with self.news:
                self.told.setdefault(method, []).append(params)
                self.news.notify_all()

        return hear

    def _adder(self, heard: list[Any]) -> Callable[[Any], Awaitable[None]]:
        async def add(params: Any) -> None:
            async with self.news:
                heard.append(params)
                self.news.notify_all()

        return add

    def _opener(self) -> Callable[[lsp.ShowDocumentParams], lsp.ShowDocumentResult]:
        def show(params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
            self.opened.append(params.uri)
            return lsp.ShowDocumentResult(success=True)

        return show

    def _applier(self) -> Callable[[lsp.ApplyWorkspaceEditParams], lsp.ApplyWorkspaceEditResult]:
        def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            applied = self.applies and self.apply(params.edit)
            return lsp.ApplyWorkspaceEditResult(applied=applied)

        return apply

    async def until(self, what: Callable[[], Any]) -> None:
        """Wait for news until the condition holds."""
        async with asyncio.timeout(DEADLINE), self.news:
            await self.news.wait_for(what)

    def open(self, path: Path) -> Document:
        document = Document(path, path.read_bytes().decode())
        self.documents[document.uri] = document
        item = lsp.TextDocumentItem(
            uri=document.uri, language_id="python", version=1, text=document.text
        )
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))
        return document

    def type(self, document: Document, text: str) -> None:
        document.before.append(document.text)
        document.text, document.version = text, document.version + 1
        name = lsp.VersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
        whole = lsp.TextDocumentContentChangeWholeDocument(text=text)
        self.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=name, content_changes=[whole])
        )

    def undo(self, document: Document) -> None:
        """One step back."""
        self.type(document, document.before.pop())

    def save(self, document: Document) -> None:
        document.path.write_bytes(document.text.encode())
        name = lsp.TextDocumentIdentifier(uri=document.uri)
        self.text_document_did_save(lsp.DidSaveTextDocumentParams(text_document=name))

    def close(self, document: Document) -> None:
        name = lsp.TextDocumentIdentifier(uri=document.uri)
        self.text_document_did_close(lsp.DidCloseTextDocumentParams(text_document=name))

    def apply(self, edit: lsp.WorkspaceEdit) -> bool:
        """Apply an edit as one step; not where a version is not the one that we have."""
        changes = [
            one for one in edit.document_changes or [] if isinstance(one, lsp.TextDocumentEdit)
        ]
        for one in changes:
            document = self.documents.get(one.text_document.uri)
            if document is not None and one.text_document.version != document.version:
                return False
        self.steps += 1
        for one in changes:
            document = self.documents.get(one.text_document.uri)
            edits = [part for part in one.edits if isinstance(part, lsp.TextEdit)]
            if document is not None:
                self.type(document, applied(document.text, edits))
            else:
                path = Path(to_fs_path(one.text_document.uri) or "")
                path.write_bytes(applied(path.read_bytes().decode(), edits).encode())
        return True

    async def ask(self, method: str, params: Any) -> Any:
        return await self.protocol.send_request_async(method, params)

    async def offered(
        self, document: Document, line: int, only: list[str] | None = None
    ) -> list[lsp.CodeAction | lsp.Command]:
        """What can be done at a line, counted from 0.

        lsprotocol reads an action that has a command as if it were one.
        """
        place = lsp.Position(line=line, character=0)
        rows = [row for row in self.rows.get(document.uri, []) if row.range.start.line == line]
        found = await self.text_document_code_action_async(
            lsp.CodeActionParams(
                text_document=lsp.TextDocumentIdentifier(uri=document.uri),
                range=lsp.Range(start=place, end=place),
                context=lsp.CodeActionContext(diagnostics=rows, only=only),  # type: ignore[arg-type]
            )
        )
        return [*(found or [])]

    async def actions(
        self, document: Document, line: int, only: list[str] | None = None
    ) -> list[lsp.CodeAction]:
        """The code actions with edits at a line."""
        found = await self.offered(document, line, only)
        return [one for one in found if isinstance(one, lsp.CodeAction)]

    async def take(self, action: lsp.CodeAction) -> None:
        """Choose an action: its edit is asked for, and applied."""
        resolved = await self.code_action_resolve_async(action)
        assert resolved.edit is not None
        assert self.apply(resolved.edit)

    def at(self, document: Document, code: str) -> list[lsp.Diagnostic]:
        """The rows of a code."""
        return [row for row in self.rows.get(document.uri, []) if row.code == code]


def _with_ours(before: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda method: message_type(method) or before(method)


def applied(text: str, edits: list[lsp.TextEdit]) -> str:
    """A text after edits, from the last to the first."""
    document = TextDocument("file:///x", text, position_codec=PositionCodec())
    for edit in reversed(edits):
        starts = [document.offset_at_position(p) for p in (edit.range.start, edit.range.end)]
        text = text[: starts[0]] + edit.new_text + text[starts[1] :]
    return text


def session(
    work: Callable[[Editor], Awaitable[None]],
    options: object = OPTIONS,
    capabilities: lsp.ClientCapabilities = CAPABILITIES,
) -> Editor:
    """Start a server, say hello, do the work, say good-bye; the server must end by itself."""

    async def talk() -> Editor:
        editor = Editor()
        await editor.start_io(sys.executable, *SERVE)
        async with asyncio.timeout(3 * DEADLINE):
            hello = lsp.InitializeParams(
                capabilities=capabilities, process_id=None, initialization_options=options
            )
            await editor.initialize_async(hello)
            editor.initialized(lsp.InitializedParams())
            await work(editor)
            await editor.shutdown_async(None)
            editor.exit(None)
            await editor.stop()
        return editor

    return asyncio.run(talk())
