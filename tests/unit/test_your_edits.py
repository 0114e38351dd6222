"""Which candidates hand edits make, when these are tried, and how long trying may take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from processes.told_search import MODEL, PREP, Room, code_for, room

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.search import hand_edits, jobs
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.yours import Saved, YourEdits, halting

MINE = "# mine\n"
TRADITIONAL, NETWORK = "model_traditional.py", "model_custom_nn.py"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A folder whose modules were generated; what is written there counts at once."""
    monkeypatch.setattr(hand_edits, "SETTLED_SECONDS", 0.0)
    made = room(tmp_path, {"a": [0.8] * 3})
    member = made.attempts[0].member
    folds = FoldPlan(strategy="random", folds=3, column=None, why="")
    plan = Blueprint(title="", kind="binary", steps=(), members=(member,), folds=folds)
    object.__setattr__(made.bench, "blueprint", plan)
    made.bench.context.workspace.promote("prep.py", PREP)
    return made


def generated(place: Room, *names: str) -> None:
    """Have models stand in the folder as they were generated."""
    for name in names:
        place.bench.context.workspace.promote(name, MODEL)


def edit(place: Room, name: str, text: str = MINE) -> None:
    """Put a line before a module, as a person would."""
    path = place.bench.context.workspace.home / name
    path.write_text(text + path.read_text("utf-8"), "utf-8")


def made(edits: YourEdits) -> list[tuple[str, str]]:
    """The new candidates with their tracks."""
    return [(attempt.id, attempt.member.track) for attempt in edits.next().new]


def notes(place: Room) -> list[str]:
    """What was said."""
    return [note.text for note in place.events(Note)]


def test_each_edited_model_is_a_candidate_and_is_named_with_what_it_holds(place: Room) -> None:
    generated(place, TRADITIONAL, NETWORK)
    for name in ("prep.py", TRADITIONAL, NETWORK):
        edit(place, name)
    first, second = YourEdits(place.bench).next().new
    assert (first.member.track, second.member.track) == ("traditional", "custom_nn")
    assert first.code.prep == second.code.prep == MINE + PREP
    assert first.code.model == second.code.model == MINE + MODEL
    assert notes(place) == [
        f"you edited {TRADITIONAL} and prep.py: that is a candidate of its own, 00-yours",
        f"you edited {NETWORK} and prep.py: that is a candidate of its own, 00-yours-2",
    ]


def test_an_edited_prep_is_tried_with_a_model_that_stands(place: Room) -> None:
    generated(place, NETWORK)
    edit(place, "prep.py")
    assert made(YourEdits(place.bench)) == [("00-yours", "custom_nn")]


def test_an_edited_prep_goes_with_the_tracks_that_the_solve_is_about(place: Room) -> None:
    generated(place, TRADITIONAL, NETWORK)
    edit(place, "prep.py")
    assert made(YourEdits(place.bench)) == [("00-yours", "traditional")]
    options = replace(place.bench.context.options, tracks=("custom_nn",))
    object.__setattr__(place.bench.context, "options", options)
    assert made(YourEdits(place.bench)) == [("00-yours", "custom_nn")]


def test_an_edit_that_makes_no_candidate_is_told(place: Room) -> None:
    edit(place, "prep.py")
    assert made(YourEdits(place.bench)) == []
    generated(place, NETWORK)
    edit(place, NETWORK)
    (place.bench.context.workspace.home / "prep.py").unlink()
    assert made(YourEdits(place.bench)) == []
    assert "no model stands beside it" in notes(place)[0]
    assert "do not stand side by side" in notes(place)[1]


def test_another_edit_leaves_the_candidate_of_a_text_that_still_stands(place: Room) -> None:
    generated(place, TRADITIONAL, NETWORK)
    edits = YourEdits(place.bench)
    assert edits.next() == Saved()
    edit(place, TRADITIONAL)
    assert made(edits) == [("00-yours", "traditional")]
    edit(place, NETWORK)
    saved = edits.next()
    assert [one.id for one in saved.new] == ["00-yours-2"]
    assert saved.standing == {"00-yours", "00-yours-2"}
    edit(place, "prep.py")
    saved = edits.next()
    assert saved.standing == {one.id for one in saved.new} == {"00-yours-3", "00-yours-4"}


def edited(place: Room, name: str) -> Attempt:
    """A candidate of an edit, with scores that are told."""
    context = place.bench.context
    code = code_for(context.workspace.folder, name, to_plain(place.bench.task))
    place.told.scores[name] = [0.7] * 3
    runs: Any = context.runner
    runs.room[name] = code
    return Attempt(code, estimate=3.0)


def explored(place: Room, monkeypatch: pytest.MonkeyPatch, *saved: Saved) -> list[str]:
    """Climbs and runs in their order, with what a person saves while exploring."""
    waiting, runs = list(saved), place.told.runs

    def climb(bench: Bench, code: CandidateCode, *rest: object) -> str:
        runs.append(f"{code.id}-climb-")
        return ""

    monkeypatch.setattr(jobs, "why_not", climb)
    repairer, yours = Repairer(place.bench, 0), lambda: waiting.pop(0) if waiting else Saved()
    Exploration(place.bench, place.attempts, repairer, lambda _: 10.0, yours=yours).run(
        lambda attempt: None
    )
    return [run.rpartition("-")[0].replace("-fold-", " ") for run in runs]


def test_the_plans_first_is_scored_before_an_edit_takes_the_only_core(
    place: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = Saved((edited(place, "00-yours"),), frozenset({"00-yours"}))
    order = explored(place, monkeypatch, saved)
    assert order[:2] == ["a 0", "00-yours-climb"] and "00-yours 2" in order


def test_an_edit_is_tried_where_the_plan_has_nothing(
    place: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.attempts.clear()
    saved = Saved((edited(place, "00-yours"),), frozenset({"00-yours"}))
    assert explored(place, monkeypatch, saved)[:2] == ["00-yours-climb", "00-yours 0"]


def test_what_was_edited_again_is_not_tried(place: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = edited(place, "00-yours"), edited(place, "00-yours-2")
    first = Saved((older,), frozenset({older.id}))
    second = Saved((newer,), frozenset({newer.id}))
    order = explored(place, monkeypatch, first, second)
    assert "00-yours-climb" not in order and "00-yours-2-climb" in order
    assert (older.status, older.note) == ("stopped", "edited again: 00-yours-2 goes on")


def test_patches_for_an_edit_take_a_share_of_the_time(place: Room) -> None:
    (attempt,) = place.attempts
    repairer = Repairer(place.bench, 4)
    beside, alone = halting(place.bench, repairer), halting(place.bench, None)
    assert not beside(attempt.code)
    place.clock[0] = 100.0
    assert beside(attempt.code) and not alone(attempt.code)
    again = halting(place.bench, repairer)
    assert not again(attempt.code)
    repairer.stop(attempt.code)
    assert again(attempt.code)


def test_a_budget_in_candidates_asks_no_clock_for_patches(tmp_path: Path) -> None:
    counted = room(tmp_path, {"a": [0.8] * 3}, candidates=2)
    halted = halting(counted.bench, Repairer(counted.bench, 4))
    counted.clock[0] = 290.0
    assert not halted(counted.attempts[0].code)
