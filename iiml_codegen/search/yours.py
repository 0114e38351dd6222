"""The user's own modules as a candidate: climbed and mended like any other, never overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import msgspec

from iiml_codegen.domain.blueprint import Blueprint, Track
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.wire import from_json
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.hand_edits import HandEdits, module_text
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.plan_files import plan_on_disk_is
from iiml_codegen.search.prep_check import give_up
from iiml_codegen.search.reopened import member_of
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.workspace import Workspace

NAME = "00-yours"
SHARE_OF_MENDING = 0.25
"""Of the time that is left when a climb begins: after so much of it no other patch is tried."""


def is_yours(candidate: str) -> bool:
    """Whether a candidate's id is that of a person's own modules."""
    return candidate == NAME or candidate.startswith(f"{NAME}-")


@dataclass(frozen=True)
class Saved:
    """What a person saved: candidates of new texts, and the ids of all whose texts still stand."""

    new: tuple[Attempt, ...] = ()
    standing: frozenset[str] = frozenset()


class YourEdits:
    """What a person saves while a solve runs: a candidate for each edited track and each new text.

    One that was made knows what it was made from, so that the same text makes no other one.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.edits = HandEdits(bench.context.workspace)
        self.looked = False
        self.made = 0
        self.latest: dict[Track, tuple[Mapping[str, str], str]] = {}

    def next(self) -> Saved:
        """At first what was edited before the solve began, then what was saved since."""
        edited = self.edits.fresh() if self.looked else self.edits.told
        self.looked = True
        if not edited:
            return Saved()
        new = tuple(a for track in self.tracks(edited) if (a := self.attempt(track, edited)))
        return Saved(new, frozenset(name for _, name in self.latest.values()))

    def tracks(self, edited: Mapping[str, str]) -> list[Track]:
        """The tracks that an edit makes candidates of; what stood of others stands no more."""
        context = self.bench.context
        found = edited_tracks(context.workspace, edited, context.options.tracks)
        self.latest = {track: made for track, made in self.latest.items() if track in found}
        if not found:
            note(self.bench, f"you edited {named(edited)}, but no model stands beside it to try")
        return found

    def attempt(self, track: Track, edited: Mapping[str, str]) -> Attempt | None:
        """The candidate of one track's modules, with a name of its own, where they are new."""
        workspace = self.bench.context.workspace
        files = (workspace.prep.name, workspace.model(track).name)
        mine = {name: edited[name] for name in files if name in edited}
        if track in self.latest and self.latest[track][0] == mine:
            return None
        name = f"{NAME}-{self.made + 1}" if self.made else NAME
        attempt = your_attempt(self.bench, track, mine, name)
        if attempt is not None:
            self.made += 1
            self.latest[track] = (mine, name)
        return attempt

    def tell_late(self) -> None:
        """Say what was saved too late for this solve."""
        if late := self.edits.late():
            said = f"you edited {named(late)} after the last candidate was chosen"
            folder = self.bench.context.workspace.folder
            self.bench.context.journal.append(
                Note(level="warning", text=f"{said}; `iiml run {folder} --affected` scores that")
            )


def edited_tracks(
    workspace: Workspace, edited: Mapping[str, str], wanted: Sequence[Track]
) -> list[Track]:
    """The tracks whose models were edited; where it was only prep, the first that has a model.

    Of these one goes before that the solve is about: `wanted`.
    """
    tracks: tuple[Track, ...] = get_args(Track)
    if found := [track for track in tracks if workspace.model(track).name in edited]:
        return found
    standing = [track for track in tracks if workspace.model(track).is_file()]
    return sorted(standing, key=lambda track: track not in wanted)[:1]


def your_attempt(
    bench: Bench, track: Track, mine: Mapping[str, str], name: str = NAME
) -> Attempt | None:
    """A candidate of a track's modules: `mine` as a person edited them, the other as it stands.

    None where the other one is missing or no text, which is said.
    """
    workspace = bench.context.workspace
    texts = standing_texts(workspace, track)
    if texts is None:
        both = f"{workspace.prep.name} and {workspace.model(track).name}"
        note(bench, f"you edited {named(mine)}, but {both} do not stand side by side as text")
        return None
    note(bench, f"you edited {named(mine)}: that is a candidate of its own, {name}")
    return attempt_of(bench, track, {**texts, **mine}, name)


def named(files: Iterable[str]) -> str:
    """Names of files as a sentence has them."""
    return " and ".join(sorted(files))


def note(bench: Bench, text: str) -> None:
    """Tell the reader of the journal."""
    bench.context.journal.append(Note(level="information", text=text))


def standing_texts(workspace: Workspace, track: Track) -> dict[str, str] | None:
    """The modules of a track as they stand in `iiml/`; None where one is missing or no text."""
    found = {path.name: module_text(path) for path in (workspace.prep, workspace.model(track))}
    texts = {name: text for name, text in found.items() if text is not None}
    return texts if len(texts) == len(found) else None


def attempt_of(bench: Bench, track: Track, texts: Mapping[str, str], name: str = NAME) -> Attempt:
    """A candidate of module texts by file name, with the member that the model implements."""
    workspace = bench.context.workspace
    prep, model = texts[workspace.prep.name], texts[workspace.model(track).name]
    plan = plan_of_modules(bench)
    blueprint = plan[0] if plan else bench.blueprint
    member = msgspec.structs.replace(member_of(blueprint, model), name="yours", track=track)
    folder = workspace.candidate(name)
    folder.mkdir(parents=True, exist_ok=True)
    code = CandidateCode(name, member, folder, prep, model, bench.task)
    if plan is not None:
        code.blueprint, code.contract = plan
    return Attempt(code, estimate=member.cost)


def plan_of_modules(bench: Bench) -> tuple[Blueprint, Contract] | None:
    """The plan that the modules in `iiml/` were written to, where it is not the solve's own."""
    workspace = bench.context.workspace
    if plan_on_disk_is(workspace, bench.blueprint, bench.contract):
        return None
    try:
        blueprint = from_json(workspace.blueprint.read_bytes(), Blueprint)
        return blueprint, from_json(workspace.contract.read_bytes(), Contract)
    except (OSError, msgspec.MsgspecError):
        return None


def holds(bench: Bench, attempt: Attempt, shadow: Shadow | None, repairer: Repairer) -> bool:
    """Whether a candidate comes up the ladder, with patches where it does not at first."""
    why = why_not(bench, attempt.code, shadow, repairer)
    if why:
        give_up(bench, attempt, why)
    return not why


def why_not(
    bench: Bench, code: CandidateCode, shadow: Shadow | None, repairer: Repairer | None = None
) -> str:
    """What keeps a candidate from the top of the ladder; empty where it gets there.

    Patches go into the candidate's own texts; the user's files stay as they are. With a `repairer`
    it climbs beside others: it ends when that tells it to stop, and patches for it take no more
    than their share of the time.
    """
    ladder = Ladder(bench, shadow, launch=repairer.run_once if repairer else None)
    halted = halting(bench, repairer)
    fault = ladder.climb(code).fault
    if fault is None:
        return ""
    if bench.context.stop.is_set() or halted(code):  # what was cut off tells nothing
        return "stopped before it was checked"
    mender = Mender(bench, bench.context.options.repair_rounds, halted)
    mender.found(fault, code)
    if mender.mend(code, fault, lambda: ladder.climb(code).fault) is not None:
        return ""
    bench.context.journal.append(Note(level="warning", text=fault_report(fault, code.modules())))
    place = f"{fault.place.file}:{fault.place.line}: " if fault.place else ""
    return f"{place}{fault.message}"


def halting(bench: Bench, repairer: Repairer | None) -> Callable[[CandidateCode], bool]:
    """When a climb that begins now has to end; a budget in candidates asks no clock."""
    budget = bench.context.budget
    if repairer is None:
        return lambda code: bench.seconds_left <= 0
    share = 1.0 if bench.context.options.candidates else SHARE_OF_MENDING
    until = budget.used() + share * budget.left()
    return lambda code: repairer.halted(code) or budget.used() > until
