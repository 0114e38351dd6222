"""The user's own modules as a candidate: climbed and mended like any other, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import Note
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.hand_edits import module_text
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.prep_check import give_up
from iiml_codegen.search.reopened import member_of
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.workspace import Workspace

NAME = "00-yours"
TRACK: Track = "traditional"


def your_attempt(bench: Bench, edited: Mapping[str, str]) -> Attempt | None:
    """A candidate of the modules as they stand in `iiml/`, if a person changed one of them.

    `edited` are the texts that a person changed, by file name; the other module is as it stands.
    """
    texts = standing_texts(bench.context.workspace, TRACK)
    if not edited or texts is None:
        return None
    names = " and ".join(sorted(edited))
    said = f"you edited {names}: that is a candidate of its own, {NAME}"
    bench.context.journal.append(Note(level="information", text=said))
    return attempt_of(bench, TRACK, {**texts, **edited})


def standing_texts(workspace: Workspace, track: Track) -> dict[str, str] | None:
    """The modules of a track as they stand in `iiml/`; None where one is missing or no text."""
    found = {path.name: module_text(path) for path in (workspace.prep, workspace.model(track))}
    texts = {name: text for name, text in found.items() if text is not None}
    return texts if len(texts) == len(found) else None


def attempt_of(bench: Bench, track: Track, texts: Mapping[str, str]) -> Attempt:
    """A candidate of module texts by file name, with the member that the model implements."""
    workspace = bench.context.workspace
    prep, model = texts[workspace.prep.name], texts[workspace.model(track).name]
    member = msgspec.structs.replace(member_of(bench.blueprint, model), name="yours", track=track)
    folder = workspace.candidate(NAME)
    folder.mkdir(parents=True, exist_ok=True)
    code = CandidateCode(NAME, member, folder, prep, model, bench.task)
    return Attempt(code, estimate=member.cost)


def holds(bench: Bench, attempt: Attempt, shadow: Shadow | None) -> bool:
    """Whether a candidate comes up the ladder, with patches where it does not at first.

    Patches go into the candidate's own texts; the user's files stay as they are.
    """
    code, ladder = attempt.code, Ladder(bench, shadow)
    fault = ladder.climb(code).fault
    if fault is None:
        return True
    mender = Mender(bench, bench.context.options.repair_rounds)
    mender.found(fault, code)
    if mender.mend(code, fault, lambda: ladder.climb(code).fault) is not None:
        return True
    bench.context.journal.append(Note(level="warning", text=fault_report(fault, code.modules())))
    place = f"{fault.place.file}:{fault.place.line}: " if fault.place else ""
    give_up(bench, attempt, f"{place}{fault.message}")
    return False
