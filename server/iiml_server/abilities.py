"""What an editor can do, and how we make do with one that can do less."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from iiml_server.wire import Outcome

TAKES_NO_EDITS = "this editor takes no edits from a language server"


def workspace_edit(
    client: lsp.ClientCapabilities, changes: Sequence[lsp.TextDocumentEdit]
) -> lsp.WorkspaceEdit:
    """Edits of documents, with their versions where the editor checks those."""
    workspace = client.workspace
    edits = workspace.workspace_edit if workspace else None
    if edits and edits.document_changes:
        return lsp.WorkspaceEdit(document_changes=list(changes))
    plain = {
        one.text_document.uri: [edit for edit in one.edits if isinstance(edit, lsp.TextEdit)]
        for one in changes
    }
    return lsp.WorkspaceEdit(changes=plain)


async def apply(
    ls: LanguageServer, changes: Sequence[lsp.TextDocumentEdit], label: str
) -> str | None:
    """Let the editor make edits as one step to undo; returns why it did not, None if it did."""
    client = ls.client_capabilities
    if not (client.workspace and client.workspace.apply_edit):
        return TAKES_NO_EDITS
    edit = workspace_edit(client, changes)
    params = lsp.ApplyWorkspaceEditParams(edit=edit, label=label)
    answer = await ls.workspace_apply_edit_async(params)
    return None if answer.applied else answer.failure_reason or ""


async def show_document(ls: LanguageServer, uri: str, line: int = 0) -> Outcome:
    """Open a file at a line, which counts from 0; say where it lies if the editor cannot."""
    window = ls.client_capabilities.window
    done = False
    if window and window.show_document and window.show_document.support:
        start = lsp.Position(line=line, character=0)
        selection = lsp.Range(start=start, end=start)
        shown = await ls.window_show_document_async(
            lsp.ShowDocumentParams(uri=uri, take_focus=True, selection=selection)
        )
        done = shown.success
    return Outcome(done=done, message="" if done else f"The editor opened no document: see {uri}")
