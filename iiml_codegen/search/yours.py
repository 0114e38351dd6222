"""The user's own modules as a candidate: climbed and mended like any other, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
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
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.workspace import Workspace

NAME = "00-yours"


def is_yours(candidate: str) -> bool:
    """Whether a candidate's id is that of a person's own modules."""
    return candidate == NAME or candidate.startswith(f"{NAME}-")


def your_attempt(bench: Bench, edited: Mapping[str, str], name: str = NAME) -> Attempt | None:
    """A candidate of the modules as they stand in `iiml/`, if a person changed one of them.

    `edited` are the texts that a person changed, by file name; the other module is as it stands.
    """
    track = edited_track(bench.context.workspace, edited)
    texts = standing_texts(bench.context.workspace, track)
    if not edited or texts is None:
        return None
    names = " and ".join(sorted(edited))
    said = f"you edited {names}: that is a candidate of its own, {name}"
    bench.context.journal.append(Note(level="information", text=said))
    return attempt_of(bench, track, {**texts, **edited}, name)


def edited_track(workspace: Workspace, edited: Mapping[str, str]) -> Track:
    """The track whose model was edited; the first one where it was only prep."""
    tracks: tuple[Track, ...] = get_args(Track)
    return next((track for track in tracks if workspace.model(track).name in edited), tracks[0])


class YourEdits:
    """What a person saves while a solve runs: each text that is new makes one more candidate."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.edits = HandEdits(bench.context.workspace)
        self.made = 0

    def first(self) -> Attempt | None:
        """The candidate of what was edited before the solve began."""
        return self.attempt(self.edits.told)

    def next(self) -> Attempt | None:
        """The candidate of what was saved since the last one."""
        return self.attempt(self.edits.fresh())

    def attempt(self, edited: Mapping[str, str]) -> Attempt | None:
        """A candidate with a name of its own, if anything was edited."""
        name = f"{NAME}-{self.made + 1}" if self.made else NAME
        attempt = your_attempt(self.bench, edited, name)
        self.made += attempt is not None
        return attempt

    def tell_late(self) -> None:
        """Say what was saved too late for this solve."""
        if late := self.edits.late():
            said = f"you edited {' and '.join(late)} after the last candidate was chosen"
            folder = self.bench.context.workspace.folder
            self.bench.context.journal.append(
                Note(level="warning", text=f"{said}; `iiml run {folder} --affected` scores that")
            )


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


def holds(bench: Bench, attempt: Attempt, shadow: Shadow | None) -> bool:
    """Whether a candidate comes up the ladder, with patches where it does not at first."""
    why = why_not(bench, attempt.code, shadow)
    if why:
        give_up(bench, attempt, why)
    return not why


def why_not(bench: Bench, code: CandidateCode, shadow: Shadow | None) -> str:
    """What keeps a candidate from the top of the ladder; empty where it gets there.

    Patches go into the candidate's own texts; the user's files stay as they are.
    """
    ladder = Ladder(bench, shadow)
    fault = ladder.climb(code).fault
    if fault is None:
        return ""
    if bench.context.stop.is_set() or bench.seconds_left <= 0:  # what was cut off tells nothing
        return "stopped before it was checked"
    mender = Mender(bench, bench.context.options.repair_rounds)
    mender.found(fault, code)
    if mender.mend(code, fault, lambda: ladder.climb(code).fault) is not None:
        return ""
    bench.context.journal.append(Note(level="warning", text=fault_report(fault, code.modules())))
    place = f"{fault.place.file}:{fault.place.line}: " if fault.place else ""
    return f"{place}{fault.message}"
