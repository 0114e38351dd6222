"""Prep broken by hand, and the patches that an editor is told of."""

from __future__ import annotations

from pathlib import Path

import msgspec

from iiml_codegen.offers import Edit, Offer, keep
from iiml_codegen.workspace import Workspace
from iiml_server.wire import PatchOffer
from processes.editing import Document, Editor

MODEL = "llm:test"


def misspelt(text: str) -> tuple[str, int]:
    """Prep with the last number's name misspelt, and the line, counted from 0."""
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("NUMBERS = ["))
    lines[at] = lines[at].replace('"]', 'x"]')
    return "\n".join(lines), at


async def broken(editor: Editor, folder: Path) -> tuple[Document, PatchOffer, int]:
    """Break prep, save it, and wait for the run's row and a patch."""
    prep = editor.open(folder / "iiml" / "prep.py")
    text, line = misspelt(prep.text)
    editor.type(prep, text)
    editor.save(prep)
    await editor.until(lambda: editor.at(prep, "IIML401"))
    await editor.until(lambda: patches(editor))
    return prep, patches(editor)[0], line


def patches(editor: Editor) -> list[PatchOffer]:
    """The patches that the server told of last."""
    told = editor.told.get("iiml/patchesChanged", [])
    return list(told[-1].patches) if told else []


def made_offer(folder: Path, id: str, changes: dict[str, tuple[str, str]], rank: int = 0) -> Offer:
    """An offer that waits in a folder: in each module, some words replaced by others."""
    edits = []
    for module, (old, new) in changes.items():
        before = (folder / "iiml" / module).read_text("utf-8")
        assert old in before
        edits.append(Edit(module=module, before=before, after=before.replace(old, new)))
    offer = Offer(
        id=id,
        fault="fault",
        edits=tuple(edits),
        title=f"Patch {id}",
        proposed_by=MODEL,
        verified=True,
        loses="",
        code="IIML401",
        message="no such column",
        place=None,
        rung=4,
        created=rank,
    )
    assert keep(Workspace(folder), offer, since=0)
    return offer


def by_model(offer: Offer) -> Offer:
    """The same patch as a model would propose it, found before all others."""
    return msgspec.structs.replace(offer, id=f"{offer.id}-llm", proposed_by=MODEL, created=0.0)
