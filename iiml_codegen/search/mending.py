"""Mending: patches are tried one after the other until the step that failed passes.

A patch that passes is kept. One after which another fault shows, no lower on the ladder, is kept
for the time being: that fault is mended next, and if it cannot be, the patch is taken back. So
mending is a search in depth over texts, at most `rounds` trials wide. Who wants to choose goes on
after the first chain of patches that passes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

import msgspec

from iiml_codegen.domain.events import FaultFound, Note, PatchTried
from iiml_codegen.domain.fault import Fault, Patch, Place
from iiml_codegen.errors import EnvironmentProblem, IimlError
from iiml_codegen.execution.installing import distribution_of, install
from iiml_codegen.integration.debugging_agent import Tried
from iiml_codegen.offers.hunks import unified_diff
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode

Step = Callable[[], Fault | None]
"""Does the step that failed once more; None if it passes now."""
CLIMB = "0132456"
"""Rungs in the order in which they are climbed: binding needs what prep gave."""
OF_A_RUN = 4
MOST_DIFF_LINES = 200
MEASURED = ("IIML5", "IIML6")
"""Codes of rungs whose messages tell scores and cells."""
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(?:e[-+]?\d+)?")
Chain = tuple[Patch, ...]
"""Patches that make a step pass, in the order in which they are applied."""


def height(fault: Fault) -> int:
    """How far a text came before it failed; a fault without a code is that of a run."""
    if fault.code.startswith("IIML") and fault.code[4] in CLIMB:
        return CLIMB.index(fault.code[4])
    return 0 if fault.kind in ("syntax", "unusable_output") else CLIMB.index(str(OF_A_RUN))


def moved(before: Fault, after: Fault, patch: Patch) -> bool:
    """Whether a patch brought a text further, or at least to another fault as far up.

    The same words at a line that the patch left alone are another fault: a slip made twice.
    """
    if height(after) != height(before):
        return height(after) > height(before)
    if (after.kind, words(after)) != (before.kind, words(before)):
        return True
    place = place_before(after.place, patch)
    return None not in (place, before.place) and place != spot(before.place)


def words(fault: Fault) -> str:
    """What a fault says, without what changes from run to run.

    Those are addresses, and the numbers of scores and submissions: another score is no progress.
    """
    said = ADDRESS.sub("#", fault.message)
    return NUMBER.sub("#", said) if fault.code.startswith(MEASURED) else said


def place_before(place: Place | None, patch: Patch) -> tuple[str, int] | None:
    """Where a line stood before a patch; None for no place, and for a line that the patch wrote."""
    if place is None or place.file != patch.module:
        return spot(place)
    before, after = patch.before.split("\n"), patch.after.split("\n")
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    lines = (b.a + place.line - b.b for b in blocks if b.b < place.line <= b.b + b.size)
    return next(((place.file, line) for line in lines), None)


def spot(place: Place | None) -> tuple[str, int] | None:
    """File and line of a place."""
    return (place.file, place.line) if place is not None else None


class Mender:
    """Gives a failing step up to `rounds` patches; `halted` says when time is up."""

    def __init__(
        self, bench: Bench, rounds: int, halted: Callable[[CandidateCode], bool] | None = None
    ) -> None:
        self.bench = bench
        self.rounds = rounds
        self.halted = halted or (lambda code: bench.seconds_left <= 0)

    def mend(self, code: CandidateCode, fault: Fault, again: Step) -> Chain | None:
        """Try patches until the step passes; those that were kept, None where it never passes.

        Where it does not pass, the texts are as they were. With the user's consent a missing
        package is installed first; then it may pass without any patch.
        """
        untouched = code.modules()
        left = self.supplied(fault, again)
        kept = () if left is None else next(Search(self, code, again).chains(left), None)
        if kept is None:
            restore(code, untouched)
            return None
        for patch in kept:
            self.tell(patch, code, kept=True)
        return kept

    def proposals(self, code: CandidateCode, fault: Fault, again: Step) -> Iterator[Chain]:
        """Chains of patches that make the step pass, each as soon as it is found.

        Those after the first are no longer than it: there is a simpler way. The texts are as they
        were when the search is over, and while it waits.
        """
        untouched, search = code.modules(), Search(self, code, again)
        for chain in search.chains(fault):
            search.longest = min(search.longest, len(chain))
            passing = code.modules()
            restore(code, untouched)
            yield chain
            put_all(code, passing)
        restore(code, untouched)

    def supplied(self, fault: Fault, again: Step) -> Fault | None:
        """What is left of a fault once its missing package is there; itself where it cannot be."""
        package = fault.names[0].split(".")[0] if fault.names else ""
        if fault.kind != "missing_dependency" or distribution_of(package) is None:
            return fault
        if self.bench.installed.exists(package):  # the package is there, what is asked of it not
            return fault
        context = self.bench.context
        try:
            name = install(context.interpreter, package, context.options.allow_install)
        except EnvironmentProblem as error:
            context.journal.append(Note(level="warning", text=str(error)))
            return fault
        context.journal.append(Note(level="information", text=f"installed {name}"))
        self.bench.installed.forget()
        return again()

    def found(self, fault: Fault, code: CandidateCode, run: str | None = None) -> None:
        """Record a fault."""
        self.bench.context.journal.append(FaultFound(fault=fault, run=run, candidate=code.id))

    def tell(self, patch: Patch, code: CandidateCode, *, kept: bool) -> None:
        """Record what became of a patch."""
        self.bench.context.journal.append(
            PatchTried(
                title=patch.title,
                kept=kept,
                module=patch.module,
                proposed_by=patch.proposed_by,
                candidate=code.id,
                diff=unified_diff(patch.module, patch.before, patch.after, MOST_DIFF_LINES),
            )
        )


class Search:
    """One search for texts that pass."""

    def __init__(self, mender: Mender, code: CandidateCode, again: Step) -> None:
        self.mender = mender
        self.code = code
        self.again = again
        self.left = mender.rounds
        self.failed: list[Tried] = []
        self.longest = mender.rounds
        self.seen = {digest(code)}

    def chains(self, fault: Fault, length: int = 1) -> Iterator[Chain]:
        """The chains of patches with which the step passes; none where there is nothing.

        `length` is what a chain has with the next patch. While the search waits at a chain, the
        texts are those that pass.
        """
        for patch in self.fresh(fault):
            self.left -= 1
            found = self.tried(patch, fault)
            if found is not None:
                self.failed.append(Tried(patch, found))
            if found is None:
                yield (verified(patch),)
            elif length < self.longest and moved(fault, found, patch):
                for rest in self.chains(found, length + 1):
                    yield (verified(patch), *rest)
            self.code.put(patch.module, patch.before)
            self.mender.tell(patch, self.code, kept=False)

    def fresh(self, fault: Fault) -> Iterator[Patch]:
        """Patches that lead to a text which was not tried yet, while rounds and time last.

        A patch is asked for when it is its turn: some cost a question to a language model.
        """
        bench, texts = self.mender.bench, self.code.modules()
        agent, facts = bench.agents.debugging_agent, bench.facts(self.code)
        proposals = agent.propose(fault, texts, facts, self.failed)
        while self.left > 0 and not self.mender.halted(self.code):
            patch = next(proposals, None)
            if patch is None:
                return
            self.code.put(patch.module, patch.after)
            new = digest(self.code)
            self.code.put(patch.module, patch.before)
            if new not in self.seen:
                self.seen.add(new)
                yield patch

    def tried(self, patch: Patch, fault: Fault) -> Fault | None:
        """What is wrong after a patch; the fault itself where the patched text is no pipeline."""
        self.code.put(patch.module, patch.after)
        try:
            return self.again()
        except IimlError:
            return fault


def verified(patch: Patch) -> Patch:
    """The patch, now that what failed has passed with it."""
    return msgspec.structs.replace(patch, verified=True)


def digest(code: CandidateCode) -> str:
    """A name for all texts of a candidate."""
    return hashlib.sha256("\0".join(code.modules().values()).encode()).hexdigest()


def restore(code: CandidateCode, texts: dict[str, str]) -> None:
    """Put earlier texts back, and write them where they make a pipeline."""
    put_all(code, texts)
    try:
        code.write()
    except IimlError:
        return


def put_all(code: CandidateCode, texts: dict[str, str]) -> None:
    """Take texts over without writing them."""
    for module, text in texts.items():
        code.put(module, text)
