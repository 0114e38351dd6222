"""Patches that wait for the user: shown, accepted, rejected, the next one shown."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.files import write_atomically
from iiml_codegen.workspace import Workspace
from iiml_server.abilities import show_document
from iiml_server.automatic import verified
from iiml_server.orders import Order, add_command, folder_of
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


async def accept_ordered(ls: IimlServer, order: Order) -> Outcome:
    """Accept a patch by a command."""
    return await accept(ls, ordered(ls, order))


async def reject_ordered(ls: IimlServer, order: Order) -> Outcome:
    """Reject a patch by a command."""
    return await reject(ls, ordered(ls, order))


async def next_ordered(ls: IimlServer, order: Order) -> Outcome:
    """Let the actions offer another patch for the same fault."""
    await show_next(ls, ordered(ls, order))
    return Outcome(done=True, message="")


async def show_diff(ls: IimlServer, order: Order) -> Outcome:
    """Open the diff of a patch, as a file in the cache that every editor can show."""
    params = ordered(ls, order)
    folder = path_of(params.folder)
    found = (await ls.patches.of(ls, folder)).patches
    offer = next((one for one in found if one.id == params.id), None)
    if offer is None:
        raise Refused("This patch is no longer offered.")
    path = Path(Workspace(folder).cache_dir()) / f"{offer.id}.diff"
    write_atomically(path, offer.diff.encode("utf-8", "surrogateescape"))
    return await show_document(ls, path.as_uri())


def ordered(ls: IimlServer, order: Order) -> PatchParams:
    """The patch that an order names."""
    return PatchParams(folder=folder_of(ls, order), id=order.id)


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/patches")(patches)
    server.feature("iiml/patch/accept")(accept)
    server.feature("iiml/patch/reject")(reject)
    server.feature("iiml/patch/next")(show_next)
    add_command(server, "iiml.server.acceptPatch", accept_ordered)
    add_command(server, "iiml.server.rejectPatch", reject_ordered)
    add_command(server, "iiml.server.nextPatch", next_ordered)
    add_command(server, "iiml.server.showPatch", show_diff)
    server.checking.followers.append(server.patches.moved)
    server.verification.followers.append(verified)
