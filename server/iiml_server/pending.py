"""The patches that wait for the user: accepted into the texts of now, rejected, or exchanged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from iiml_codegen import offers as engine
from iiml_codegen.offers import Offer
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.workspace import Workspace
from iiml_server import offered
from iiml_server.abilities import apply
from iiml_server.checking import open_modules
from iiml_server.mends import plain
from iiml_server.saving import in_background
from iiml_server.text_edits import text_edits
from iiml_server.verification import keep
from iiml_server.wire import Outcome, PatchOffer, PatchOffers

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

GONE = "This patch is no longer offered: the module changed, or it was taken already."
MOVED_ON = "The lines of this patch changed meanwhile: save to verify again and get a new one."
NOT_APPLIED = "The editor did not apply the patch"


@dataclass
class Waiting:
    """The offers of one folder in the engine's order, the one shown of each fault, and as told."""

    offers: Sequence[Offer] = ()
    shown: dict[str, str] = field(default_factory=dict)
    told: list[PatchOffer] = field(default_factory=list)
    turn: int = 0


@dataclass
class Patches:
    """The patches of all folders. It lives on the event loop; texts are compared on a thread.

    `taken` are the faults whose patch was applied without a click, `taking` the folders where that
    is at work.
    """

    folders: dict[Path, Waiting] = field(default_factory=dict)
    taken: dict[Path, set[str]] = field(default_factory=dict)
    taking: set[Path] = field(default_factory=set)

    async def of(self, ls: IimlServer, folder: Path) -> PatchOffers:
        """The patches of a folder, read from disk the first time."""
        if folder not in self.folders:
            await self.reload(ls, folder)
        return PatchOffers(folder=folder.as_uri(), patches=self.folders[folder].told)

    async def reload(self, ls: IimlServer, folder: Path) -> int:
        """Read anew what the engine offers, and tell the editor; returns how many wait."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(ls.readers, pending, folder)
        waiting = self.folders.setdefault(folder, Waiting())
        waiting.offers = found
        await self._tell(ls, folder, waiting)
        return len(waiting.told)

    def moved(self, ls: IimlServer, path: Path) -> None:
        """A module's text changed: its patches move along, or do not fit any more."""
        folder = path.parents[1]
        waiting = self.folders.get(folder)
        if waiting is not None and waiting.offers and path.parent.name == "iiml":
            keep(ls, self._tell(ls, folder, waiting))

    async def _tell(self, ls: IimlServer, folder: Path, waiting: Waiting) -> None:
        """Compute what to show for the texts of now; say it if it is something else."""
        waiting.turn += 1
        turn, texts = waiting.turn, open_texts(ls, folder)
        look = partial(shown, waiting.offers, dict(waiting.shown), folder, texts)
        told = await asyncio.get_running_loop().run_in_executor(ls.readers, look)
        if waiting.turn == turn and told != waiting.told:
            waiting.told = told
            changed = PatchOffers(folder=folder.as_uri(), patches=told)
            ls.protocol.notify("iiml/patchesChanged", changed)

    async def accept(self, ls: IimlServer, folder: Path, name: str) -> Outcome:
        """Put a patch into the documents as one step to undo; refused where it does not fit."""
        offer = self.find(folder, name)
        if offer is None:
            return Outcome(done=False, message=GONE)
        loop = asyncio.get_running_loop()
        texts, versions = open_texts(ls, folder), open_versions(ls, folder)
        edits = await loop.run_in_executor(ls.readers, edits_of, offer, folder, texts, versions)
        if edits is None or versions != open_versions(ls, folder):
            return Outcome(done=False, message=MOVED_ON)
        why = await apply(ls, edits, offer.title)
        if why is not None:
            return Outcome(done=False, message=NOT_APPLIED + (f": {why}" if why else "."))
        await loop.run_in_executor(ls.readers, engine.accept, Workspace(folder), offer.id)
        await self.reload(ls, folder)
        in_background(ls, folder)
        return Outcome(done=True, message=f"{offer.title}: applied, and verified again now.")

    async def reject(self, ls: IimlServer, folder: Path, name: str) -> Outcome:
        """Never offer this patch for this fault again."""
        offer = self.find(folder, name)
        if offer is None:
            return Outcome(done=False, message=GONE)
        reject = partial(engine.reject, Workspace(folder), offer.id)
        await asyncio.get_running_loop().run_in_executor(ls.readers, reject)
        await self.reload(ls, folder)
        return Outcome(done=True, message="")

    async def next(self, ls: IimlServer, folder: Path, name: str) -> PatchOffers:
        """Show the next patch for the same fault."""
        offer, waiting = self.find(folder, name), self.folders.get(folder)
        if offer is not None and waiting is not None:
            waiting.shown[offer.fault] = offered.after(waiting.offers, offer).id
            await self._tell(ls, folder, waiting)
        return await self.of(ls, folder)

    def find(self, folder: Path, name: str) -> Offer | None:
        """One offer by its id."""
        waiting = self.folders.get(folder, Waiting())
        return next((one for one in waiting.offers if one.id == name), None)


def pending(folder: Path) -> Sequence[Offer]:
    """What the engine offers for a folder and nobody rejected."""
    return engine.pending(Workspace(folder))


def shown(
    offers: Sequence[Offer], choice: Mapping[str, str], folder: Path, texts: Mapping[Path, str]
) -> list[PatchOffer]:
    """The offers to show, in terms of the open documents' texts, else of the files'."""
    found = []
    for offer in offered.chosen(offers, choice):
        others = sum(one.fault == offer.fault for one in offers) - 1
        now = of_offer(offer, folder, texts)
        by_name = {path.name: text for path, text in now.items()}
        found.append(offered.told(offer, folder, by_name, others))
    return found


def of_offer(offer: Offer, folder: Path, texts: Mapping[Path, str]) -> dict[Path, str]:
    """The texts of the modules that an offer changes, as far as they are there."""
    paths = [folder / "iiml" / edit.module for edit in offer.edits]
    found = {}
    for path in paths:
        module = None if path in texts else read(path).module
        text = texts.get(path, module.text if module else None)
        if text is not None:
            found[path] = text
    return found


def edits_of(
    offer: Offer, folder: Path, texts: Mapping[Path, str], versions: Mapping[Path, int | None]
) -> list[lsp.TextDocumentEdit] | None:
    """The edits that put an offer into the texts of now; None where it does not fit."""
    now = of_offer(offer, folder, texts)
    new = engine.rebased(offer, {path.name: plain(text) for path, text in now.items()})
    if new is None:
        return None
    return [
        document_edit(path.as_uri(), versions.get(path), text, new[path.name])
        for path, text in now.items()
    ]


def document_edit(uri: str, version: int | None, old: str, new: str) -> lsp.TextDocumentEdit:
    """The edit of one document."""
    named = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return lsp.TextDocumentEdit(text_document=named, edits=[*text_edits(old, new)])


def open_texts(ls: IimlServer, folder: Path) -> dict[Path, str]:
    """The texts of a folder's modules that are open."""
    return {path: one.source for path, one in open_modules(ls).items() if path.parents[1] == folder}


def open_versions(ls: IimlServer, folder: Path) -> dict[Path, int | None]:
    """The versions of a folder's modules that are open."""
    return {
        path: one.version for path, one in open_modules(ls).items() if path.parents[1] == folder
    }
