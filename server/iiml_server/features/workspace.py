"""The workspace: which competitions lie in it, and what a client hears of them."""

from __future__ import annotations

from lsprotocol import types as lsp

from iiml_codegen.execution.inbox import Inbox, StopRequest
from iiml_server.parent import watch_parent
from iiml_server.protocol import IimlServer
from iiml_server.sessions import Session

CHANGED = "iiml/competitionChanged"


def initialized(ls: IimlServer, params: lsp.InitializedParams) -> None:
    """Follow the competitions of the workspace, as long as the editor lives."""
    watch_parent(ls.process_id, ls.end_now)
    root = ls.workspace.root_uri
    ls.sessions.search(list(ls.workspace.folders) or ([root] if root else []))


def did_change_workspace_folders(
    ls: IimlServer, params: lsp.DidChangeWorkspaceFoldersParams
) -> None:
    """Follow what came, and leave what went."""
    ls.sessions.leave([folder.uri for folder in params.event.removed])
    ls.sessions.search([folder.uri for folder in params.event.added])


def shutdown(ls: IimlServer, params: None) -> None:
    """Look at nothing any more."""
    ls.sessions.close()


def did_cancel_progress(ls: IimlServer, params: lsp.WorkDoneProgressCancelParams) -> None:
    """Cancelling the progress of a solve stops its solver."""
    session = ls.solve_progress.session_of(ls, params.token)
    holder = session.last.holder if session else None
    if session is not None and holder is not None:
        ls.readers.submit(Inbox(session.workspace.inbox).send, StopRequest(solver=holder.pid))


def show(ls: IimlServer, session: Session) -> None:
    """Tell the client of a competition that changed."""
    ls.protocol.notify(CHANGED, ls.state(session))
    ls.solve_progress.show(ls, session)


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)
    server.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL)(did_cancel_progress)
    server.feature(lsp.SHUTDOWN)(shutdown)
    server.viewers.append(show)
