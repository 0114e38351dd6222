"""What exploration and finish do with a second line's candidates; runs and scores are told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from processes.told_search import MODEL, PREP, Room, room

from iiml_codegen.domain.candidate import Ensemble
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.finish import Finisher
from iiml_codegen.search.incoming import Incoming, Verdict, is_models
from iiml_codegen.search.refit_plan import alike_preps
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.yours import Saved

SCORES = {"a": [0.8] * 3, "b": [0.7] * 3, "L1-P9": [0.9] * 3}


def explored(place: Room, incoming: Incoming, reserve: float = 10.0) -> list[Attempt]:
    """Explore the plan's own candidates, and what comes in."""
    own = [one for one in place.attempts if not is_models(one.id)]
    repairer = Repairer(place.bench, 2)
    exploration = Exploration(
        place.bench, own, repairer, lambda attempts: reserve, incoming=incoming
    )
    return exploration.run(lambda attempt: None)


def test_what_comes_in_goes_after_the_plans_own_and_its_outcome_is_told(tmp_path: Path) -> None:
    place, incoming, seen = room(tmp_path, SCORES), Incoming(), []
    incoming.begin()

    def second() -> None:
        board = incoming.wait_for(lambda board: board.turn)
        assert board is not None
        incoming.hand_in(place.attempts[2])
        told = incoming.wait_for(lambda board: board.settled("L1-P9"))
        seen.append(told.get("L1-P9") if told else None)
        incoming.judge(Verdict("L1-P9", dropped=True, note="dropped: P(better) 0.40"))
        incoming.end()

    thread = threading.Thread(target=second)
    thread.start()
    found = explored(place, incoming)
    thread.join()
    assert [one.id for one in found] == ["a", "b", "L1-P9"]
    assert [run.split("-fold")[0] for run in place.told.runs[:3]] == ["a"] * 3
    (outcome,) = seen
    assert outcome is not None and outcome.cleared and len(outcome.raws) == 3
    assert found[2].dropped and found[2].as_candidate().note.endswith("P(better) 0.40")


class Tuned:
    """A tuning with one variant to try."""

    def __init__(self, parent: Attempt, variant: Attempt) -> None:
        self.variants = [variant]
        variant.parent = parent

    def next(self, *asked: object) -> Attempt | None:
        return self.variants.pop() if self.variants else None


def test_constants_are_tuned_while_a_model_thinks_and_wait_for_what_it_brings(
    tmp_path: Path,
) -> None:
    scores = {"a": [0.8] * 3, "T1-a": [0.95] * 3, "L1-P9": [0.9] * 3}
    place, incoming, boards = room(tmp_path, scores), Incoming(), []
    own, variant, brought = place.attempts
    ideas = [brought]
    incoming.begin()

    def think() -> Saved:
        """Asked at each turn: ideas come once the variant has its first fold."""
        boards.append(incoming.board)
        if 0 in variant.raws and ideas:
            incoming.hand_in(ideas.pop())
        if brought.status == "scored":
            incoming.end()
        return Saved()

    tuning: Any = Tuned(own, variant)
    repairer = Repairer(place.bench, 2)
    exploration = Exploration(
        *(place.bench, [own], repairer, lambda attempts: 10.0),
        yours=think,
        incoming=incoming,
        tuning=tuning,
    )
    found = exploration.run(lambda attempt: None)
    assert {one.id for one in found} == set(scores)
    order = [run.rpartition("-")[0].replace("-fold-", " ") for run in place.told.runs]
    assert order == [
        *("a 0", "a 1", "a 2", "T1-a 0"),
        *("L1-P9 0", "L1-P9 1", "L1-P9 2"),
        *("T1-a 1", "T1-a 2"),
    ]
    assert all(board.get("T1-a") is None for board in boards)


def test_a_budget_in_candidates_tunes_nothing_before_a_model_is_done(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "T1-a": [0.95] * 3}, candidates=2)
    own, variant = place.attempts
    incoming, started = Incoming(), []
    incoming.begin()

    def think() -> Saved:
        started.append(bool(variant.running or variant.raws))
        if len(own.raws) == 3 and len(started) > 9:
            incoming.end()
        return Saved()

    tuning: Any = Tuned(own, variant)
    Exploration(
        *(place.bench, [own], Repairer(place.bench, 2), lambda attempts: 10.0),
        yours=think,
        incoming=incoming,
        tuning=tuning,
    ).run(lambda attempt: None)
    assert started[:10] == [False] * 10 and len(variant.raws) == 3


def test_a_second_line_that_says_nothing_is_waited_for_no_longer_than_exploring_may_take(
    tmp_path: Path,
) -> None:
    place, incoming = room(tmp_path, SCORES), Incoming()
    incoming.begin()
    found = explored(place, incoming, reserve=300.0)
    assert [one.id for one in found] == ["a"] and incoming.over
    assert incoming.wait_for(lambda board: board.settled("never")) is None


def test_where_no_candidate_of_the_plan_is_left_those_of_the_second_line_are_explored(
    tmp_path: Path,
) -> None:
    place, incoming = room(tmp_path, {"L1-P9": [0.9] * 3}), Incoming()
    incoming.begin()

    def second() -> None:
        if incoming.wait_for(lambda board: board.turn):
            incoming.hand_in(place.attempts[0])
        incoming.end()

    thread = threading.Thread(target=second)
    thread.start()
    found = explored(place, incoming)
    thread.join()
    assert [one.id for one in found] == ["L1-P9"] and found[0].status == "scored"
    assert Finisher(place.bench).best_plan([]) is None


def test_an_ensemble_spans_no_preps_and_the_best_group_wins(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "b": [0.7] * 3, "L1-P9": [0.75] * 3})
    place.explore()
    a, b, idea = place.attempts
    idea.code.prep = f"{PREP}# with a feature\n"
    assert alike_preps([a, idea, b]) == [[a, b], [idea]]

    def blend(candidates: list[tuple[str, object]], seconds: float) -> Ensemble:
        assert {name for name, _ in candidates} == {"a", "b"}
        members = tuple(name for name, _ in candidates)
        assert a.score is not None
        return Ensemble(method="greedy", members=members, parameters={}, score=a.score)

    object.__setattr__(place.bench, "blend", blend)
    plan = Finisher(place.bench).best_plan(place.attempts)
    assert plan is not None and plan.attempts == (a, b)


def test_what_was_dropped_helps_others_and_never_stands_alone(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "L1-M1": [0.81] * 3})
    place.explore()
    a, idea = place.attempts
    idea.dropped = True
    assert alike_preps([idea, a]) == [[a, idea]]

    def blend(candidates: list[tuple[str, object]], seconds: float) -> Ensemble:
        assert idea.score is not None
        return Ensemble(method="single", members=("L1-M1",), parameters={}, score=idea.score)

    object.__setattr__(place.bench, "blend", blend)
    plan = Finisher(place.bench).best_plan(place.attempts)
    assert plan is not None and plan.id == "a"
    idea.code.prep = f"{PREP}# with a feature\n"
    assert alike_preps([idea, a]) == [[a]]
    assert idea.code.model == MODEL


def test_a_set_that_a_model_proposes_is_blended_too_and_its_score_decides(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "b": [0.79] * 3, "c": [0.78] * 3})
    place.explore()
    a, _, c = place.attempts
    worth = {("a", "b", "c"): 0.81, ("a", "c"): 0.9, ("b", "c"): 0.7}
    asked = []

    def blend(candidates: list[tuple[str, object]], seconds: float) -> Ensemble:
        members = tuple(name for name, _ in candidates)
        asked.append(members)
        assert a.score is not None
        score = replace(a.score, value=worth[members])
        return Ensemble(method="greedy", members=members, parameters={}, score=score)

    object.__setattr__(place.bench, "blend", blend)
    sets = [("c", "a"), ("c", "b"), ("a", "nobody"), ("a", "b", "c")]
    plan = Finisher(place.bench).best_plan(place.attempts, sets)
    assert plan is not None and plan.attempts == (a, c)
    assert asked == list(worth)
