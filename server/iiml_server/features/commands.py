"""Verification on request: of our client by a request, of others by a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar
from uuid import uuid4

from lsprotocol import types as lsp

from iiml_server.orders import Order, add_command, folder_of
from iiml_server.places import path_of
from iiml_server.protocol import IimlServer
from iiml_server.verification import verify
from iiml_server.wire import Outcome, VerifyOutcome, VerifyParams

T = TypeVar("T")
LOOK = 0.1
"""Seconds between looks whether the user cancelled."""
USUAL_RUNG = 3
"""How far a command climbs that names no rung: prep on a sample, as saving does."""


async def verify_folder(ls: IimlServer, params: VerifyParams) -> VerifyOutcome:
    """Verify the modules of a folder; the editor shows that it is at work, and can cancel it."""
    folder = path_of(params.folder)
    work = verify(ls, folder, params.rung)
    return await shown(ls, f"Verifying {folder.name}", work)


async def verify_ordered(ls: IimlServer, order: Order) -> Outcome:
    """Verify by a command; the rows say what was found, the message how much."""
    rung = USUAL_RUNG if order.rung is None else order.rung
    params = VerifyParams(folder=folder_of(ls, order), rung=rung)
    found = await verify_folder(ls, params)
    return Outcome(done=True, message=f"{path_of(params.folder).name}: {found.message}")


async def shown(ls: IimlServer, title: str, work: Awaitable[T]) -> T:
    """Do a piece of work with progress in the editor, if it shows any."""
    window = ls.client_capabilities.window
    if not (window and window.work_done_progress):
        return await work
    token, task = str(uuid4()), asyncio.ensure_future(work)
    progress = ls.work_done_progress
    await progress.create_async(token)
    progress.begin(token, lsp.WorkDoneProgressBegin(title=title, cancellable=True))
    try:
        while not (await asyncio.wait({task}, timeout=LOOK))[0]:
            if progress.tokens[token].cancelled():
                task.cancel()
        return await task
    finally:
        task.cancel()
        progress.end(token, lsp.WorkDoneProgressEnd())


def register(server: IimlServer) -> None:
    """Add the handlers to a server."""
    server.feature("iiml/verify")(verify_folder)
    add_command(server, "iiml.server.verify", verify_ordered)
