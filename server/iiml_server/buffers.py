"""Modules that changed on disk while the editor holds unsaved changes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from iiml_server.following import digest
from iiml_server.places import path_of
from iiml_server.sessions import Session

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer


def conflict_notes(session: Session) -> tuple[str, ...]:
    """One line for each module that the editor would overwrite."""
    return tuple(
        f"{name} changed on disk while you have unsaved changes in it: compare and merge them "
        f"before you save, or your text replaces the new one."
        for name in sorted(session.replaced)
    )


def keep_conflicts(ls: IimlServer, session: Session) -> None:
    """Of the modules that changed on disk keep those whose buffer is a third text."""
    texts = open_texts(ls, session) if session.replaced else {}
    for name, before in list(session.replaced.items()):
        now = session.last.modules.get(name)
        if texts.get(name, now) in (before, now) or session.saved.get(name) == now:
            del session.replaced[name]


def open_texts(ls: IimlServer, session: Session) -> dict[str, str]:
    """Hashes of a session's modules as the editor has them, by file name."""
    home = session.folder / "iiml"
    return {
        Path(document.path).name: digest(document.source.encode("utf-8", "surrogatepass"))
        for document in ls.workspace.text_documents.values()
        if document.path and Path(document.path).parent == home
    }


def saved(ls: IimlServer, uri: str) -> None:
    """What the editor saved is not news to it, and settles a conflict."""
    session = ls.sessions.of(uri)
    document = ls.workspace.text_documents.get(unquote(uri))  # pygls keeps them by plain URIs
    if session is not None and document is not None:
        text = document.source.encode("utf-8", "surrogatepass")
        session.saved[path_of(uri).name] = digest(text)
        closed(ls, uri)


def closed(ls: IimlServer, uri: str) -> None:
    """Without a buffer there is no conflict."""
    session = ls.sessions.of(uri)
    if session is not None and session.replaced.pop(path_of(uri).name, None) is not None:
        ls.sessions.touch(session)
