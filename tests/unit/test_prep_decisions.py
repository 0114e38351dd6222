"""What is decided about prep that breaks its contract, or that cannot be checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes.told_search import (
    PREP,
    Room,
    room,
)

from iiml_codegen.domain.contract import Breach
from iiml_codegen.domain.events import FaultFound, Note, PatchTried
from iiml_codegen.errors import IimlError
from iiml_codegen.integration import debugging_agent
from iiml_codegen.integration.repairs.repair import Edit, Repair
from iiml_codegen.search import prep_check
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.prep_check import Checked, kept_contract
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.shadows import Shadow


class Clauses:
    """A contract check that finds BAD in prep."""

    def __call__(self, bench: Bench, code: CandidateCode, shadow: Shadow) -> Checked:
        broken = Breach(
            code="IIML310",
            clause="C7",
            output="target",
            message="`target` has gaps: x, y",
            names=("x", "y"),
        )
        return Checked(observations=(), violations=(broken,) if "BAD" in code.prep else ())


def contract_room(path: Path, patch: pytest.MonkeyPatch, good: str | None) -> Room:
    place = room(path, {"a": [0.9] * 3})
    edits = [Edit("Put codes", PREP.replace("BAD", good))] if good else []
    repair = Repair(
        "codes", "Put codes", ("contract_fulfilment",), lambda fault, text, facts: edits, ()
    )
    patch.setattr(debugging_agent, "REPAIRS", (repair,))
    patch.setattr(prep_check, "check_contract", Clauses())
    place.attempts[0].code.write()
    return place


@pytest.mark.parametrize(("good", "kept"), [("1", [True]), ("BAD + 1", [False]), (None, [])])
def test_a_broken_clause_is_repaired_or_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: str | None, kept: list[bool]
) -> None:
    place = contract_room(tmp_path, monkeypatch, good)
    code = place.attempts[0].code
    checked = kept_contract(place.bench, Repairer(place.bench, 3), code, place.bench.shadow(0))
    assert [patch.kept for patch in place.events(PatchTried)] == kept
    (fault,) = [event.fault for event in place.events(FaultFound)]
    assert (fault.kind, fault.clause, fault.names) == ("contract_fulfilment", "C7", ("x", "y"))
    notes = [note.text for note in place.events(Note)]
    if True in kept:
        assert checked == Checked(observations=(), violations=()) and notes == []
    else:
        assert code.prep == PREP and notes[0].startswith("prep.py:2 IIML310 C7 `target` has")


def test_prep_that_cannot_be_checked_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = contract_room(tmp_path, monkeypatch, None)

    def unable(*_: object) -> Checked:
        raise IimlError("the contract could not be checked: memory")

    monkeypatch.setattr(prep_check, "check_contract", unable)
    code = place.attempts[0].code
    assert kept_contract(place.bench, Repairer(place.bench, 3), code, place.bench.shadow(0)) is None
    assert "could not be checked" in place.events(Note)[0].text
