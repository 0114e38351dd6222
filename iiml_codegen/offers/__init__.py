"""Offers: verified patches that wait for the user, as files in `iiml/.generated/offers`.

Light enough for a language server: nothing here loads the engine of runs.
"""

from iiml_codegen.offers.hunks import Hunk, hunks, unified_diff
from iiml_codegen.offers.merging import rebased
from iiml_codegen.offers.offer import Edit, Offer, fault_key, offer_of
from iiml_codegen.offers.store import accept, drop_outdated, find, keep, pending, reject

__all__ = [
    "Edit",
    "Hunk",
    "Offer",
    "accept",
    "drop_outdated",
    "fault_key",
    "find",
    "hunks",
    "keep",
    "offer_of",
    "pending",
    "rebased",
    "reject",
    "unified_diff",
]
