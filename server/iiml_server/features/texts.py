"""Texts beside the documents: modules as they were generated, and as a patch would make them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iiml_codegen.generated import generated_text
from iiml_codegen.offers import find, rebased
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.workspace import Workspace
from iiml_server.abilities import apply
from iiml_server.mends import plain
from iiml_server.pending import document_edit, of_offer, open_texts, open_versions
from iiml_server.places import path_of
from iiml_server.protocol import IimlServer, Refused
from iiml_server.sessions import Session
from iiml_server.wire import DocumentParams, Outcome, Text, VirtualTextParams

UNCHANGED = "The module is as it was generated."
MOVED_ON = "The text changed meanwhile: nothing was reverted."


async def revert(ls: IimlServer, params: DocumentParams) -> Outcome:
    """Put a module back as it was generated last, as one step that the editor can undo."""
    session, path = ls.sessions.need(params.uri), path_of(params.uri)
    wanted = await ls.aside(generated, session.workspace, path.name)
    versions, texts = open_versions(ls, session.folder), open_texts(ls, session.folder)
    version, text = versions.get(path), texts.get(path)
    if text is None:
        module = (await ls.aside(read, path)).module
        text = module.text if module else ""
    if text == wanted:
        return Outcome(done=False, message=UNCHANGED)
    change = document_edit(params.uri, version, text, wanted)
    why = await apply(ls, [change], f"Revert {path.name} to what was generated")
    if why is not None:
        return Outcome(done=False, message=why or MOVED_ON)
    return Outcome(done=True, message=f"{path.name} is as generated; undo brings yours back.")


async def virtual_text(ls: IimlServer, params: VirtualTextParams) -> Text:
    """The text of a read-only document. Of `generated`, `id` is a module's file name."""
    session = ls.sessions.need(params.folder)
    if params.kind == "generated":
        return Text(text=await ls.aside(generated, session.workspace, params.id))
    return Text(text=await ls.aside(patched, session, params.id, open_texts(ls, session.folder)))


def generated(workspace: Workspace, name: str) -> str:
    """A module as it was generated last; raises `Refused` where it never was."""
    text = generated_text(workspace, name)
    if text is None:
        raise Refused(f"{name} was never generated here: solve the competition first")
    return text


def patched(session: Session, name: str, edited: Mapping[Path, str]) -> str:
    """The first module of an offer as it would be; raises `Refused` where it does not fit."""
    offer = find(session.workspace, name)
    if offer is None:
        raise Refused("This patch is no longer offered.")
    texts = of_offer(offer, session.folder, edited)
    new = rebased(offer, {path.name: plain(text) for path, text in texts.items()})
    if new is None:
        raise Refused("The lines of this patch changed meanwhile.")
    return new[offer.edits[0].module]


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/revert")(revert)
    server.feature("iiml/virtualText")(virtual_text)
