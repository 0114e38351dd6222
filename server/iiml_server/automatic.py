"""Verified patches of a language model that are applied without a click where the user likes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from iiml_codegen.offers import Offer
from iiml_codegen.offers.store import answers
from iiml_codegen.workspace import Workspace
from iiml_server.wire import PatchOffer

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")


async def verified(ls: IimlServer, folder: Path) -> int:
    """After a verification: read anew what is offered, and take what the user wants to be taken.

    Returns how many patches wait.
    """
    await ls.patches.reload(ls, folder)
    await take(ls, folder)
    return len((await ls.patches.of(ls, folder)).patches)


async def take(ls: IimlServer, folder: Path) -> None:
    """Apply each patch that may be applied by itself, as one step to undo, and say so."""
    wanted = ls.options.trusted and ls.options.apply_model_patches == "verified"
    patches = ls.patches
    if not wanted or folder in patches.taking:
        return
    patches.taking.add(folder)
    try:
        for told in (await patches.of(ls, folder)).patches:
            offer = patches.find(folder, told.id)
            if offer is not None and await fit(ls, folder, told, offer):
                await accepted(ls, folder, offer)
    finally:
        patches.taking.discard(folder)


async def fit(ls: IimlServer, folder: Path, told: PatchOffer, offer: Offer) -> bool:
    """Whether a patch may be applied by itself: never twice, as undoing it is an answer."""
    if not (told.by_model and told.verified) or told.stale:
        return False
    if offer.fault in ls.patches.taken.get(folder, ()):
        return False
    before = await ls.aside(answers, Workspace(folder))
    return all(one.change != offer.change for one in before)


async def accepted(ls: IimlServer, folder: Path, offer: Offer) -> None:
    """Apply one patch; where that fails it goes on waiting for a click."""
    outcome = await ls.patches.accept(ls, folder, offer.id)
    if not outcome.done:
        log.info("a patch of %s was not applied: %s", offer.proposed_by, outcome.message)
        return
    ls.patches.taken.setdefault(folder, set()).add(offer.fault)
    loses = f" It loses {offer.loses}." if offer.loses else ""
    said = f"iiML applied a verified patch of {offer.proposed_by}: {offer.title}.{loses}"
    log.info("%s (%s)", said, ", ".join(offer.modules))
    message = f"{said} Undo takes it back."
    ls.window_show_message(lsp.ShowMessageParams(type=lsp.MessageType.Info, message=message))
