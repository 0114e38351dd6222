"""What a person saves while a solve runs becomes a candidate of its own, and stays as it is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import wait_until
from processes.small_solve import copy_of_solved, start_solve

from iiml_codegen.domain.events import CandidateUpdated, Note, PhaseStarted, SolveStarted
from iiml_codegen.journal import Journal
from iiml_codegen.search import hand_edits
from iiml_codegen.search.hand_edits import HandEdits
from iiml_codegen.workspace import Workspace

GENERATED = "def prepare():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    return a, b, c, d\n"
MINE = GENERATED.replace("a = 1", "a = 10")
NEWER = GENERATED.replace("d = 4", "d = 40")


def told(workspace: Workspace, kind: type[Any]) -> list[Any]:
    """The events of the last solve."""
    with closing(Journal(workspace.journal)) as journal:
        start = journal.last(SolveStarted)
        entries = journal.read(start.seq if start else 0)
    return [entry.event for entry in entries if isinstance(entry.event, kind)]


def test_an_edit_in_a_running_solve_is_tried_in_it(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    workspace = Workspace(copy_of_solved(tmp_path_factory, tmp_path / "shop"))
    before = len(told(workspace, PhaseStarted))
    with start_solve(workspace.folder) as solver:
        wait_until(lambda: len(told(workspace, PhaseStarted)) != before, "the next solve")
        scoring = "Score candidates on withheld rows"
        wait_until(lambda: scoring in [e.title for e in told(workspace, PhaseStarted)], scoring)
        text = workspace.prep.read_text("utf-8")
        mine = text.replace("    return {", "    print('mine')\n    return {", 1)
        workspace.prep.write_text(mine, "utf-8")
        assert solver.wait() == 0
    notes = [note.text for note in told(workspace, Note)]
    assert "you edited prep.py: that is a candidate of its own, 00-yours" in notes
    scored = [e.candidate for e in told(workspace, CandidateUpdated) if e.candidate.score]
    assert {"00-yours", "01-linear"} <= {candidate.id for candidate in scored}
    assert "print('mine')" in (workspace.candidate("00-yours") / "prep.py").read_text("utf-8")
    assert workspace.prep.read_text("utf-8") == mine


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A folder with a generated module; what is written counts at once."""
    monkeypatch.setattr(hand_edits, "SETTLED_SECONDS", 0.0)
    made = Workspace(tmp_path).create()
    made.promote("prep.py", GENERATED)
    return made


def test_each_text_is_told_once(workspace: Workspace) -> None:
    edits = HandEdits(workspace)
    assert edits.fresh() == {}
    workspace.prep.write_text(MINE)
    assert edits.fresh() == {"prep.py": MINE}
    assert (edits.fresh(), edits.late()) == ({}, [])
    workspace.prep.write_text(GENERATED)
    assert edits.fresh() == {}
    workspace.prep.write_text(NEWER)
    assert edits.late() == ["prep.py"]


def test_a_text_that_is_still_being_written_is_not_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_edits, "SETTLED_SECONDS", 3600.0)
    edits = HandEdits(workspace)
    workspace.prep.write_text(MINE)
    assert (edits.fresh(), edits.fresh()) == ({}, {})
    assert edits.late() == ["prep.py"]


def test_a_promotion_is_no_edit(workspace: Workspace) -> None:
    edits = HandEdits(workspace)
    workspace.promote("prep.py", GENERATED.replace("b = 2", "b = 20"))
    assert edits.fresh() == {}
    workspace.promote("prep.py", GENERATED)
    workspace.prep.write_text(MINE)
    assert edits.fresh() == {"prep.py": MINE}
    workspace.promote("prep.py", NEWER)
    assert workspace.prep.read_text() == NEWER.replace("a = 1", "a = 10")
    assert (edits.fresh(), edits.late()) == ({}, [])


def test_an_edit_beside_a_promotion_is_told(workspace: Workspace) -> None:
    edits = HandEdits(workspace)
    workspace.prep.write_text(MINE)
    workspace.promote("prep.py", NEWER)
    both = NEWER.replace("a = 1", "a = 10")
    assert edits.fresh() == {"prep.py": both}
