"""Where offers wait: a file each, and one with what the user has answered.

Several processes write here, the daemon's children and the daemon: each file is written whole, and
one that cannot be read is as good as none.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from iiml_codegen.domain.wire import Frozen, T, from_json, to_json
from iiml_codegen.errors import CompetitionError
from iiml_codegen.files import remove
from iiml_codegen.offers.merging import mends
from iiml_codegen.offers.offer import Offer
from iiml_codegen.viewing.verify_files import module_texts
from iiml_codegen.workspace import Workspace

MOST_ANSWERS = 500
"""Answers that are remembered; the oldest go first."""


class Answer(Frozen):
    """What the user said to an offer."""

    id: str
    change: str
    answer: Literal["accepted", "rejected"]
    at: float


class Answers(Frozen):
    """All answers, the latest last."""

    answers: tuple[Answer, ...] = ()


def keep(workspace: Workspace, offer: Offer, since: float) -> bool:
    """Let an offer wait, unless the user has answered it; says whether it waits.

    `since` is when the look at the folder began: one that was accepted before, and whose fault is
    there again, was undone.
    """
    for one in answers(workspace):
        if one.answer == "rejected" and one.change == offer.change:
            return False
        if one.answer == "accepted" and one.id == offer.id and one.at >= since:
            return False
    known = find(workspace, offer.id)
    if known is None:
        workspace.write_bytes(file_of(workspace, offer.id), to_json(offer))
    return True


def pending(workspace: Workspace, texts: Mapping[str, str] | None = None) -> list[Offer]:
    """The offers that can be merged into the modules, those of one fault side by side.

    The first of each fault was found first and is the one to show. `texts` are the modules by file
    name as an editor has them; those that it does not have, or all, are read from disk.
    """
    kept = offers(workspace)
    if not kept:
        return []
    now = {**module_texts(workspace), **(texts or {})}
    first: dict[str, float] = {}
    for one in kept:
        first[one.fault] = min(one.created, first.get(one.fault, one.created))
    fitting = [one for one in kept if mends(one, now)]
    return sorted(fitting, key=lambda one: (first[one.fault], one.fault, one.created, one.id))


def find(workspace: Workspace, id: str) -> Offer | None:
    """One offer that waits."""
    return read(file_of(workspace, id), Offer)


def accept(workspace: Workspace, id: str) -> Offer:
    """Remember that an offer was taken: it and the other proposals for its fault wait no more.

    The edit itself is the caller's. Raises `CompetitionError` where no such offer waits.
    """
    offer = answered(workspace, id, "accepted")
    for one in offers(workspace):
        if one.fault == offer.fault:
            remove(file_of(workspace, one.id))
    return offer


def reject(workspace: Workspace, id: str) -> Offer:
    """Remember that an offer was refused: the same change for the same fault is not made again.

    Raises `CompetitionError` where no such offer waits.
    """
    offer = answered(workspace, id, "rejected")
    remove(file_of(workspace, id))
    return offer


def drop_outdated(workspace: Workspace, faults: Collection[str], upto: int, since: float) -> None:
    """After a look up to a rung: take away offers whose fault is gone, or that fit no more.

    Those that came after `since` belong to another look, and stay.
    """
    texts = module_texts(workspace)
    for one in offers(workspace):
        looked_at = one.created < since and (bool(faults) or one.rung <= upto)
        if (looked_at and one.fault not in faults) or not mends(one, texts):
            remove(file_of(workspace, one.id))


def answered(workspace: Workspace, id: str, answer: Literal["accepted", "rejected"]) -> Offer:
    """Write an answer down. Raises `CompetitionError` where no such offer waits."""
    offer = find(workspace, id)
    if offer is None:
        raise CompetitionError(
            f"no patch {id} waits here", hint="verify again: the modules may have changed since"
        )
    new = Answer(id=id, change=offer.change, answer=answer, at=time.time())
    all_of_them = (*answers(workspace), new)[-MOST_ANSWERS:]
    workspace.write_bytes(folder_of(workspace) / "answers", to_json(Answers(answers=all_of_them)))
    return offer


def answers(workspace: Workspace) -> tuple[Answer, ...]:
    """What the user has answered so far."""
    found = read(folder_of(workspace) / "answers", Answers)
    return found.answers if found else ()


def offers(workspace: Workspace) -> list[Offer]:
    """All offers on disk, by name."""
    paths = sorted(folder_of(workspace).glob("*.json"))
    found = [read(path, Offer) for path in paths if not path.name.startswith(".")]
    return [one for one in found if one is not None]


def read(path: Path, kind: type[T]) -> T | None:
    """What lies in a file; None where it is gone, or was written by another version of iiML."""
    try:
        return from_json(path.read_bytes(), kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def folder_of(workspace: Workspace) -> Path:
    """The folder of all offers."""
    return workspace.generated / "offers"


def file_of(workspace: Workspace, id: str) -> Path:
    """The file of one offer; an id from outside names a file in the folder and no other."""
    return folder_of(workspace) / f"{Path(id).name}.json"
