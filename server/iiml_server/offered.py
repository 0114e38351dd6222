"""Verified patches of the engine, told in terms of the texts that the editor has now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from iiml_codegen.offers import Edit, Hunk, Offer, hunks, rebased, unified_diff
from iiml_server.mends import plain
from iiml_server.positions import lines_of
from iiml_server.shifting import moved_lines
from iiml_server.wire import PatchOffer

UNCHANGED = Hunk(start_line=0, end_line=0, replaced=(), proposed=())


def chosen(offers: Sequence[Offer], shown: Mapping[str, str]) -> list[Offer]:
    """One offer for each fault: the one `shown` by id, else the first, which the engine prefers."""
    faults: dict[str, list[Offer]] = {}
    for offer in offers:
        faults.setdefault(offer.fault, []).append(offer)
    return [
        next((one for one in same if one.id == shown.get(fault)), same[0])
        for fault, same in faults.items()
    ]


def after(offers: Sequence[Offer], current: Offer) -> Offer:
    """The next offer for the same fault; after the last comes the first."""
    same = [one for one in offers if one.fault == current.fault]
    return same[(same.index(current) + 1) % len(same)]


def told(offer: Offer, folder: Path, texts: Mapping[str, str], others: int) -> PatchOffer:
    """An offer as the editor shows it, `texts` being its modules by file name.

    One that the text overtook is stale, and stands where its lines went.
    """
    now = {name: plain(text) for name, text in texts.items()}
    new = rebased(offer, now)
    current = offer.edits
    if new is not None:
        current = tuple(
            Edit(module=one.module, before=now[one.module], after=new[one.module])
            for one in offer.edits
        )
    first = current[0]
    hunk = next(iter(hunks(first.before, first.after)), UNCHANGED)
    start, end = hunk.start_line, hunk.end_line
    if new is None:
        start, end = moved(start, end, lines_of(first.before), lines_of(now.get(first.module, "")))
    return PatchOffer(
        id=offer.id,
        folder=folder.as_uri(),
        uri=(folder / "iiml" / first.module).as_uri(),
        title=offer.title,
        proposed_by=offer.proposed_by,
        by_model=offer.by_model,
        verified=offer.verified,
        loses=offer.loses,
        code=offer.code,
        message=offer.message,
        start_line=start,
        end_line=end,
        replaced=list(hunk.replaced),
        proposed=list(hunk.proposed),
        diff="".join(unified_diff(one.module, one.before, one.after) for one in current),
        others=others,
        stale=new is None,
    )


def moved(start: int, end: int, old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """A stretch of an older text where its first line, or the next that is left, stands now."""
    lines = moved_lines(old, new)
    left = [lines[n] - 1 for n in range(start + 1, len(old) + 1) if n in lines]
    begin = min(left[0] if left else start, len(new) - 1)
    return begin, min(begin + end - start, len(new))
