"""Patches that wait for the user: shown, accepted, rejected, the next one shown."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from iiml_codegen.files import write_atomically
from iiml_codegen.workspace import Workspace
from iiml_server.places import path_of
from iiml_server.protocol import IimlServer, Refused
from iiml_server.wire import FolderParams, Outcome, PatchOffers, PatchParams


async def patches(ls: IimlServer, params: FolderParams) -> PatchOffers:
    """The patches of a folder."""
    return await ls.patches.of(ls, path_of(params.folder))


async def accept(ls: IimlServer, params: PatchParams) -> Outcome:
    """Put a patch into the documents."""
    return await ls.patches.accept(ls, path_of(params.folder), params.id)


async def reject(ls: IimlServer, params: PatchParams) -> Outcome:
    """Take a patch away for good."""
    return await ls.patches.reject(ls, path_of(params.folder), params.id)


async def show_next(ls: IimlServer, params: PatchParams) -> PatchOffers:
    """Show another patch for the same fault."""
    return await ls.patches.next(ls, path_of(params.folder), params.id)


async def accept_said(ls: IimlServer, params: PatchParams) -> Outcome:
    """Accept by a command: editors without views of ours show a refusal as a message."""
    done = await accept(ls, params)
    if not done.done:
        warning = lsp.MessageType.Warning
        said = lsp.ShowMessageParams(type=warning, message=f"iiML: {done.message}")
        ls.window_show_message(said)
    return done


async def show_diff(ls: IimlServer, params: PatchParams) -> Outcome:
    """Open the diff of a patch, as a file in the cache that every editor can show."""
    folder = path_of(params.folder)
    found = (await ls.patches.of(ls, folder)).patches
    offer = next((one for one in found if one.id == params.id), None)
    if offer is None:
        raise Refused("This patch is no longer offered.")
    path = Path(Workspace(folder).cache_dir()) / f"{offer.id}.diff"
    write_atomically(path, offer.diff.encode("utf-8", "surrogateescape"))
    shown = await ls.window_show_document_async(
        lsp.ShowDocumentParams(uri=path.as_uri(), take_focus=True)
    )
    return Outcome(done=shown.success, message=str(path))


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/patches")(patches)
    server.feature("iiml/patch/accept")(accept)
    server.feature("iiml/patch/reject")(reject)
    server.feature("iiml/patch/next")(show_next)
    server.command("iiml.server.acceptPatch")(accept_said)
    server.command("iiml.server.rejectPatch")(reject)
    server.command("iiml.server.nextPatch")(show_next)
    server.command("iiml.server.showPatch")(show_diff)
    server.checking.followers.append(server.patches.moved)
    server.verification.followers.append(server.patches.reload)
