"""The offer: a patch that made what failed pass, kept until the user takes or refuses it."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence

from iiml_codegen.domain.fault import Fault, Patch, Place, Violation
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.offers.hunks import hunks

EXPERT = "expert:"
OF_THE_MOMENT = re.compile(r"\b\d\d:\d\d:\d\d\b|\b0x[0-9a-fA-F]+\b")
RUN = "4"
"""The rung of faults without a code: something that a run raised."""


class Edit(Frozen):
    """The whole text of one module before and after."""

    module: str
    before: str
    after: str


class Offer(Frozen):
    """Edits of one or more modules that mend a fault together.

    `fault` is the same for all proposals that mend one fault; `place`, `code` and `message` are the
    fault's, `rung` the one that it breaks. `created` is in Unix seconds.
    """

    id: str
    fault: str
    edits: tuple[Edit, ...]
    title: str
    proposed_by: str
    verified: bool
    loses: str
    code: str
    message: str
    place: Place | None
    rung: int
    created: float

    @property
    def by_model(self) -> bool:
        """Whether a language model proposed it, and not the built-in expert."""
        return not self.proposed_by.startswith(EXPERT)

    @property
    def modules(self) -> tuple[str, ...]:
        """The file names of the modules that it edits."""
        return tuple(edit.module for edit in self.edits)

    @property
    def change(self) -> str:
        """A name for what it changes for which fault, wherever in the module that stands."""
        stretches = [
            (edit.module, hunk.replaced, hunk.proposed)
            for edit in self.edits
            for hunk in hunks(edit.before, edit.after)
        ]
        return hashed(self.fault, repr(stretches))


def offer_of(fault: Fault, patches: Sequence[Patch], before: Mapping[str, str], upto: int) -> Offer:
    """What a chain of patches, applied one after the other to the texts `before`, amounts to.

    `upto` is how far the modules were climbed: prep run on a sample is rung 3, whatever fails.
    """
    after = {patch.module: patch.after for patch in patches}
    edits = tuple(
        Edit(module=module, before=before[module], after=text)
        for module, text in after.items()
        if before[module] != text
    )
    authors = [patch.proposed_by for patch in patches]
    key = fault_key(fault)
    return Offer(
        id=hashed(
            key, *(part for edit in edits for part in (edit.module, edit.before, edit.after))
        ),
        fault=key,
        edits=edits,
        title="; ".join(patch.title for patch in patches),
        proposed_by=next((one for one in authors if not one.startswith(EXPERT)), authors[0]),
        verified=all(patch.verified for patch in patches),
        loses=", ".join(dict.fromkeys(patch.loses for patch in patches if patch.loses)),
        code=fault.code,
        message=fault.message,
        place=fault.place,
        rung=min(upto, rung_of(fault)),
        created=time.time(),
    )


def fault_key(one: Fault | Violation) -> str:
    """A name for a fault that stays while its lines move: code, message and module.

    The time of day and addresses in memory, which some libraries write into messages, do not count.
    """
    return hashed(one.code, OF_THE_MOMENT.sub("", one.message), one.place.file if one.place else "")


def rung_of(one: Fault | Violation) -> int:
    """The rung that a fault or violation breaks, as its code says."""
    return int((one.code or f"IIML{RUN}")[4])


def hashed(*parts: str) -> str:
    """A short name for texts, also those with bytes that are no text."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]
