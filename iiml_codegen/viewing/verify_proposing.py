"""`iiml verify --propose`: patches that a run proves are found on a copy, and wait for the user."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from iiml_codegen.domain.fault import Fault
from iiml_codegen.offers import Offer, keep, offer_of
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.viewing.verify_folder import Verdict

ENOUGH = 3
"""Proposals for one fault, of which the user takes one."""
MOST_TRIALS = 40
"""Patches that are tried for one fault."""
SHORTEST_RUN = 15.0
"""Seconds that a run of a patched text may take, however little time is left."""


@dataclass(frozen=True)
class Failed:
    """A climb that failed: the modules, and what ended it."""

    code: CandidateCode
    fault: Fault


@dataclass(frozen=True)
class Search:
    """How far patched modules must come, when the look began, and how many seconds there are."""

    rung: int
    began: float
    seconds: float


def proposing(
    bench: Bench, ladder: Ladder, now: Verdict, failed: Sequence[Failed], search: Search
) -> Iterator[Verdict]:
    """The verdict at once, again with each patch that is found, and once more at the end."""
    offers: list[Offer] = []
    yield msgspec.structs.replace(now, searching=True)
    for offer in found(bench, ladder, failed, search):
        offers.append(offer)
        yield msgspec.structs.replace(now, searching=True, offers=tuple(offers))
    yield msgspec.structs.replace(now, offers=tuple(offers))


def found(
    bench: Bench, ladder: Ladder, failed: Sequence[Failed], search: Search
) -> Iterator[Offer]:
    """Up to three offers for each fault, each written as soon as it is found.

    The time is shared: what one fault leaves of its part is there for the next.
    """
    deadline = time.monotonic() + search.seconds
    for number, one in enumerate(failed):
        share = (deadline - time.monotonic()) / (len(failed) - number)
        until = time.monotonic() + share
        hurried = replace(bench, run_seconds=max(SHORTEST_RUN, share))
        ladder.bench = hurried
        yield from found_for(one, Mender(hurried, MOST_TRIALS, over(until)), ladder, search)


def found_for(one: Failed, mender: Mender, ladder: Ladder, search: Search) -> Iterator[Offer]:
    """The offers for one fault."""
    workspace, before = mender.bench.context.workspace, one.code.modules()

    def again() -> Fault | None:
        return ladder.climb(one.code, upto=search.rung).fault

    number = 0
    for chain in mender.proposals(one.code, one.fault, again):
        offer = offer_of(one.fault, chain, before, search.rung)
        if offer.edits and keep(workspace, offer, search.began):
            yield offer
            number += 1
        if number == ENOUGH:
            return


def over(deadline: float) -> Callable[[CandidateCode], bool]:
    """Whether the time for a search is over."""
    return lambda code: time.monotonic() > deadline
