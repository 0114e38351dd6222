"""Offers meet the texts as they are now."""

from __future__ import annotations

from collections.abc import Mapping

from iiml_codegen.offers.offer import Offer
from iiml_codegen.promotion import merged_text


def rebased(offer: Offer, texts: Mapping[str, str]) -> dict[str, str] | None:
    """The new whole text of each module of an offer, merged into `texts`, modules by file name.

    Newlines stay those of the texts. None where a module is missing, or where both changed the
    same lines. Texts that come out as they were have the change already.
    """
    merged = {}
    for edit in offer.edits:
        now = texts.get(edit.module)
        text = None if now is None else merged_text(edit.module, edit.before, now, edit.after)
        if text is None:
            return None
        merged[edit.module] = text
    return merged


def mends(offer: Offer, texts: Mapping[str, str]) -> bool:
    """Whether an offer can be merged into the texts, and changes something there."""
    merged = rebased(offer, texts)
    return merged is not None and any(texts[name] != text for name, text in merged.items())
