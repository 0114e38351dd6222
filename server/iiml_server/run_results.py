"""What runs found in the modules of a competition, as violations of the texts that ran."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from iiml_codegen.domain.events import CandidateUpdated, Entry, FaultFound, PatchTried, SolveStarted
from iiml_codegen.domain.fault import Fault, Place, Related, Violation
from iiml_codegen.integration.fault_report import NEXT
from iiml_codegen.viewing.verify_files import read
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING
from iiml_server.diagnostics import stale
from iiml_server.shifting import shifted

FAILED_RUN = "IIML400"
WAYS_OUT = {**NEXT, "unknown": "`iiml verify --rung 3` in a terminal shows the end of its log"}
MOST_VALUES = 3
GOOD = ("partial", "scored")
"""States of a candidate whose runs go well: a fault that it had before is mended."""


@dataclass(frozen=True)
class Found:
    """The text of a module that ran, and what the run found in it."""

    text: str
    violations: tuple[Violation, ...]

    def now(self, text: str) -> list[Violation]:
        """What is still to be shown of it: of another text less, and only as what was."""
        if same_text(self.text, text):
            return list(self.violations)
        return [stale(one) for one in shifted(self.violations, self.text, text)]

    def is_stale(self, text: str) -> bool:
        """Whether the text changed since."""
        return not same_text(self.text, text)


@dataclass
class SolveFaults:
    """The faults of a solve's candidates that nothing mended yet, folded from its journal."""

    standing: dict[str, Fault] = field(default_factory=dict)

    def apply(self, entry: Entry) -> bool:
        """Take in one entry; True if it changed something."""
        before, event = dict(self.standing), entry.event
        match event:
            case SolveStarted():
                self.standing.clear()
            case FaultFound(candidate=str() as candidate):
                self.standing[candidate] = event.fault
            case PatchTried(kept=True, candidate=str() as candidate):
                self.standing.pop(candidate, None)
            case CandidateUpdated() if event.candidate.status in GOOD:
                self.standing.pop(event.candidate.id, None)
            case _:
                return False
        return before != self.standing


@dataclass
class RunResults:
    """Results by the path of the module: of the last verification, and of the last solve.

    `solves` are the faults that each folder's journal tells of.
    """

    verified: dict[Path, Found] = field(default_factory=dict)
    solved: dict[Path, Found] = field(default_factory=dict)
    solves: dict[Path, SolveFaults] = field(default_factory=dict)

    def of(self, path: Path) -> tuple[Found, ...]:
        """What is known of one module."""
        found = (self.verified.get(path), self.solved.get(path))
        return tuple(one for one in found if one is not None)

    def verify(
        self, home: Path, texts: Mapping[Path, str], found: Sequence[Violation]
    ) -> set[Path]:
        """Take over what a verification found; returns the modules whose rows may change.

        It replaces what was known of the modules of a folder, also of those that are gone.
        """
        return self.leave(home) | _put(self.verified, texts, found)

    def solve(self, home: Path, texts: Mapping[Path, str], found: Sequence[Violation]) -> set[Path]:
        """Take over what a solve found in the modules of a folder, as far as they are the same."""
        return _dropped(self.solved, home) | _put(self.solved, texts, found)

    def leave(self, home: Path, stay: Collection[str] = ()) -> set[Path]:
        """Drop what is known of a folder's modules but these; returns those that it was about."""
        return _dropped(self.verified, home, stay) | _dropped(self.solved, home, stay)


def _dropped(known: dict[Path, Found], home: Path, stay: Collection[str] = ()) -> set[Path]:
    gone = {path for path in known if path.parent == home and path.name not in stay}
    for path in gone:
        del known[path]
    return gone


def _put(
    into: dict[Path, Found], texts: Mapping[Path, str], found: Sequence[Violation]
) -> set[Path]:
    by_name = {path.name: path for path in texts}
    for name, path in by_name.items():
        own = tuple(one for one in found if one.place.file == name)
        if own:
            into[path] = Found(texts[path], own)
    return {path for path in texts if path in into}


def of_runs(
    violations: Iterable[Violation], faults: Iterable[Fault], files: Sequence[str]
) -> list[Violation]:
    """What only runs can find, each at a line of one of the modules `files`."""
    found = [one for one in violations if int(one.code[4]) >= WITHOUT_RUNNING]
    found += [as_violation(fault) for fault in faults]
    return [_in_module(one, files) for one in dict.fromkeys(found)]


def _in_module(violation: Violation, files: Sequence[str]) -> Violation:
    """What shows in no module stands at the top of the last one, which made it."""
    if violation.place.file in files or not files:
        return violation
    shows = Related(place=violation.place, message="shows here")
    place = Place(file=files[-1])
    others = (shows, *violation.related) if violation.place.file else violation.related
    return msgspec.structs.replace(violation, place=place, related=others)


def as_violation(fault: Fault) -> Violation:
    """A fault as a row: the class and what was said, what to do, and the values at hand."""
    hand = [f"{value.name}: {value.shown}" for value in fault.values[:MOST_VALUES]]
    return Violation(
        code=fault.code or FAILED_RUN,
        message=f"{fault.kind.replace('_', ' ')}: {fault.message}",
        place=fault.place or Place(file=""),
        hint="\n".join([WAYS_OUT[fault.kind], *hand]),
        clause=fault.clause,
        step=fault.step,
        names=fault.names,
        related=fault.related,
    )


def solve_findings(
    home: Path, standing: Mapping[str, Fault]
) -> tuple[dict[Path, str], list[Violation]]:
    """Faults of candidates whose module is, letter by letter, the one in `iiml/`, with its text."""
    texts: dict[Path, str] = {}
    found: list[Violation] = []
    for candidate, fault in sorted(standing.items()):
        if fault.place is None:
            continue
        mine = read(home / fault.place.file).module
        theirs = read(home / "candidates" / candidate / fault.place.file).module
        if mine is not None and theirs is not None and mine.text == theirs.text:
            texts[home / fault.place.file] = mine.text
            found.append(as_violation(fault))
    return texts, list(dict.fromkeys(found))


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same module: ends of lines and a byte order mark do not count."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
