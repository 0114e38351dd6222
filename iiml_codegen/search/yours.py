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
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.prep_check import give_up
from iiml_codegen.search.reopened import member_of
from iiml_codegen.search.shadows import Shadow

NAME = "00-yours"
TRACK: Track = "traditional"


def your_attempt(bench: Bench, edited: Mapping[str, str]) -> Attempt | None:
    """A candidate of the modules as they stand in `iiml/`, if a person changed one of them.

    `edited` are the texts that a person changed, by file name; the other module is the one that
    was generated last.
    """
    workspace = bench.context.workspace
    model = workspace.model(TRACK)
    if not edited or not (workspace.prep.is_file() and model.is_file()):
        return None
    texts = {
        path.name: edited.get(path.name) or path.read_text("utf-8")
        for path in (workspace.prep, model)
    }
    member = msgspec.structs.replace(member_of(bench.blueprint, texts[model.name]), name="yours")
    folder = workspace.candidate(NAME)
    folder.mkdir(parents=True, exist_ok=True)
    code = CandidateCode(
        NAME, member, folder, texts[workspace.prep.name], texts[model.name], bench.task
    )
    names = " and ".join(sorted(edited))
    said = f"you edited {names}: that is a candidate of its own, {NAME}"
    bench.context.journal.append(Note(level="information", text=said))
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
