"""What the search decides, with runs and scores that are told beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes.told_search import (
    MODEL,
    PREP,
    room,
    score,
)

from iiml_codegen.domain.candidate import Candidate, Ensemble
from iiml_codegen.domain.events import CandidateUpdated, PatchTried
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt, FoldReport
from iiml_codegen.search.finish import Finisher
from iiml_codegen.search.prep_check import attempts_with_prep
from iiml_codegen.search.refit_plan import (
    RefitPlan,
    affordable_seeds,
    plan_for_one,
    refit_seconds,
    safe_seconds,
)
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.standing import Standing, StandingRecord, digest_of


def test_a_weak_candidate_stops_after_its_first_fold_and_a_promising_one_goes_on(
    tmp_path: Path,
) -> None:
    scores = {"a": [0.9, 0.8, 0.8], "b": [0.6, 0.9, 0.9], "c": [0.8] * 3, "d": [0.4] * 3}
    found = room(tmp_path, scores).explore()
    assert {name: len(a.raws) for name, a in found.items()} == {"a": 3, "b": 1, "c": 3, "d": 1}
    assert [found[n].status for n in "abcd"] == ["scored", "stopped", "scored", "stopped"]
    assert "far behind a" in found["b"].note and "constant" in found["d"].note


def test_trouble_in_scoring_one_candidate_ends_only_that_one(tmp_path: Path) -> None:
    found = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3}, unscorable={"a"}).explore()
    assert (found["a"].status, found["a"].raws) == ("failed", {})
    assert found["b"].status == "scored" and "worker ended" in found["a"].note


def test_a_fold_beyond_its_limit_gets_cheaper_settings_and_all_folds_run_with_them(
    tmp_path: Path,
) -> None:
    place = room(tmp_path, {"a": [0.9, 0.8, 0.7]}, slow={"a"})
    attempt = place.explore()["a"]
    assert "ROUNDS = 50" in attempt.code.model and attempt.status == "scored"
    assert attempt.value == pytest.approx(0.8)
    assert {path.parent.name[-8:] for path in attempt.raws.values()} == {attempt.code.text}
    assert [patch.kept for patch in place.events(PatchTried)] == [True]


def test_a_model_beyond_repair_keeps_its_text_and_no_patch(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    place.attempts[0].code.model = broken = f"BROKEN = ['agee', 'x']\n{MODEL}"
    found = place.explore()
    assert found["a"].status == "failed" and found["b"].status == "scored"
    assert found["a"].code.model == broken
    assert not any(patch.kept for patch in place.events(PatchTried))


def test_candidates_without_time_are_not_started(tmp_path: Path) -> None:
    found = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3}).explore(
        reserve=lambda attempts: 295.0 if any(a.score for a in attempts) else 0.0
    )
    assert found["a"].status == "scored" and len(found["a"].raws) == 3
    assert found["b"].status == "stopped" and "too little time" in found["b"].note


def test_folds_left_out_for_want_of_time_are_taken_up_where_it_is_there_after_all(
    tmp_path: Path,
) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.85] * 3})
    second, ended = place.attempts[1], []

    def reserve(attempts: list[Attempt]) -> float:
        """Nearly all, until the second candidate was given up for it."""
        ended.append(second.status == "stopped")
        return 10.0 if any(ended) or not second.raws else 296.0

    found = place.explore(reserve=reserve)
    updates = [e.candidate for e in place.events(CandidateUpdated) if e.candidate.id == "b"]
    assert [one.status for one in updates] == ["partial", "stopped", *["partial"] * 2, "scored"]
    assert found["b"].status == "scored" and len(found["b"].raws) == 3
    order = [run.rpartition("-")[0].replace("-fold-", "") for run in place.told.runs]
    assert order == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_a_limit_is_a_share_of_the_budget_and_ends_with_it(tmp_path: Path) -> None:
    place = room(tmp_path, {}, budget=300.0)
    assert place.bench.wall_limit() == pytest.approx(90.0)
    place.clock[0] = 280.0
    assert place.bench.wall_limit() == pytest.approx(21.0)
    assert room(tmp_path, {}, budget=40.0).bench.wall_limit() == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("found", "refit"),
    [
        ([100, 120, 110], 220),
        ([[10, 20], [12, 30], [11, 40]], [22, 60]),
        ([[10, 20], [12]], [22, 40]),
        ([None, None], None),
        ([0, 0], 1),
    ],
)
def test_rounds_of_the_refit_are_the_median_scaled(tmp_path: Path, found: Any, refit: Any) -> None:
    (attempt,) = room(tmp_path, {"a": [0.9] * 3}).attempts
    attempt.rounds = dict(enumerate(found))
    assert attempt.refit_rounds(2.0) == refit


def test_as_many_seeds_as_the_time_allows(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3})
    place.attempts[0].fit_seconds = {0: 20.0}
    seeds = []
    for used in (0.0, 200.0, 250.0, 299.0):
        place.clock[0] = used
        seeds.append(affordable_seeds(place.bench, place.attempts))
    assert seeds == [(3,), (2,), (1,), (1,)]


def test_a_busy_machine_asks_for_more_time_in_the_end(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3})
    (attempt,) = place.attempts
    attempt.fit_seconds = {0: 20.0}
    kept = []
    for load in (0.0, 1.0, 2.0, 3.0):
        attempt.load = load
        kept.append(safe_seconds(place.bench, [attempt]))
    assert refit_seconds(place.bench, [attempt]) < kept[0] == kept[1] < kept[2] < kept[3]


def test_the_reserve_grows_with_what_is_worth_refitting(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    finisher = Finisher(place.bench)
    for attempt in place.attempts:
        attempt.fit_seconds = {0: 20.0}
    sizes = []
    for number in range(3):
        sizes.append(finisher.reserve(place.attempts))
        if number < 2:
            whole = place.attempts[number]
            whole.score, whole.status = score(0.9), "scored"
            whole.raws = dict.fromkeys(range(3), tmp_path)
    assert sizes == sorted(set(sizes))
    place.attempts[1].raws.popitem()
    assert finisher.reserve(place.attempts) == sizes[1]  # what is not whole is not combined


def test_no_time_is_kept_for_the_refit_of_what_failed(tmp_path: Path) -> None:
    place = room(tmp_path, {"leaky": [0.9] * 3, "b": [0.8] * 3})
    leaky, other = place.attempts
    finisher = Finisher(place.bench)
    for attempt, value, seconds in ((leaky, 0.9, 60.0), (other, 0.8, 3.0)):
        attempt.score, attempt.fit_seconds = score(value), {0: seconds}
    leaky.status = "failed"
    assert finisher.reserve(place.attempts) == finisher.reserve([other])
    assert finisher.reserve([leaky]) > finisher.reserve([other])  # it may be all that is left


def standing(name: str, *folds: float, seeds: int = 1) -> Standing:
    candidate = Candidate(
        id=name, track="traditional", members=(name,), status="scored", score=score(*folds)
    )
    return Standing(submission="", ground="g", candidate=candidate, seeds=seeds)


@pytest.mark.parametrize(
    ("stands", "folds", "better"),
    [
        (standing("b", 0.7, 0.7, 0.7), (0.8, 0.8, 0.8), True),
        (standing("b", 0.9, 0.9, 0.9), (0.8, 0.8, 0.8), False),
        (standing("a", 0.8), (0.8, 0.7, 0.7), True),
        (standing("a", 0.8, 0.8, 0.8), (0.8, 0.8, 0.8), False),
        (standing("other", 0.9), (0.8, 0.8, 0.8), False),
    ],
)
def test_nothing_replaces_a_submission_but_a_better_one(
    tmp_path: Path, stands: Standing, folds: tuple[float, ...], better: bool
) -> None:
    place = room(tmp_path, {"a": [0.8] * 3})
    finisher = Finisher(place.bench)
    finisher.submitter.standing = stands
    place.attempts[0].score = score(*folds)
    assert finisher.improves(plan_for_one(place.attempts[0]), place.attempts) is better


@pytest.mark.parametrize(
    ("stands", "used", "wanted"),
    [(0.6, 0.0, True), (0.85, 0.0, False), (0.6, 270.0, False)],
    ids=["far behind", "nearly as good", "no time"],
)
def test_what_stands_far_behind_is_replaced_before_the_end(
    tmp_path: Path, stands: float, used: float, wanted: bool
) -> None:
    place = room(tmp_path, {"a": [0.9] * 3})
    (attempt,) = place.attempts
    attempt.score, attempt.fit_seconds = score(0.9), {0: 3.0}
    finisher = Finisher(place.bench)
    finisher.submitter.standing = standing("b", stands)
    place.clock[0] = used
    assert (finisher.early_refit(attempt) is not None) is wanted


def test_the_best_is_offered_as_long_as_what_stands_is_far_behind(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.6] * 3, "b": [0.9] * 3, "c": [0.91] * 3})
    stands = [0.5]

    def early_refit(attempt: Attempt) -> Callable[[], bool] | None:
        def hand_in() -> bool:
            stands.append(attempt.value)
            return True

        return hand_in if place.bench.skill(stands[-1], attempt.value) < 0.8 else None

    place.explore(early_refit=early_refit)
    assert stands[:2] == [0.5, 0.6] and stands[2] in (0.9, 0.91) and len(stands) == 3


def test_a_lucky_first_fold_is_compared_on_that_fold(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    lucky, whole = place.attempts
    finisher = Finisher(place.bench)
    finisher.submitter.standing = standing("a", 0.9)
    lucky.score, lucky.raws = score(0.9), {0: tmp_path}
    for first, better in ((0.92, True), (0.88, False)):
        members = ("b", "a")
        ensemble = Ensemble(
            method="greedy", members=members, parameters={}, score=score(first, 0.7, 0.7)
        )
        assert finisher.improves(RefitPlan((whole,), ensemble), place.attempts) is better


@pytest.mark.parametrize(
    ("first", "left", "taken"),
    [(0.9, 300.0, "a"), (0.75, 300.0, "b"), (0.9, 5.0, "b")],
    ids=["clearly better", "perhaps better", "no time for its refit"],
)
def test_what_lacks_folds_goes_before_whole_ones_only_where_it_is_clearly_better(
    tmp_path: Path, first: float, left: float, taken: str
) -> None:
    place = room(tmp_path, {"a": [first] * 3, "b": [0.7] * 3})
    for attempt, folds, value in zip(place.attempts, (1, 3), (first, 0.7), strict=True):
        attempt.raws = {fold: tmp_path / f"{attempt.id}{fold}" for fold in range(folds)}
        for raw in attempt.raws.values():
            raw.write_text(f"{attempt.id} {value}", encoding="utf-8")
        attempt.score, attempt.fit_seconds = score(*[value] * folds), {0: 20.0}
        attempt.status = "scored" if folds == 3 else "stopped"
    place.clock[0] = 300.0 - left
    plan = Finisher(place.bench).best_plan(place.attempts)
    assert plan is not None and plan.id == taken


def test_what_stands_is_known_by_its_bytes(tmp_path: Path) -> None:
    context = room(tmp_path, {}).bench.context
    submission, record = context.workspace.submission, StandingRecord(context)
    assert record.find() is None
    submission.write_text("id,left\n1,0.5\n")
    found = Standing(
        submission=digest_of(submission), ground="g", candidate=standing("a", 0.9).candidate
    )
    record.add(found)
    record.add(standing("next", 0.95))  # killed before it replaced the file
    assert record.find() == found
    submission.write_text("id,left\n1,0.6\n")
    assert record.find() is None


def test_folds_of_an_earlier_text_are_run_again(tmp_path: Path) -> None:
    (attempt,) = room(tmp_path, {"a": [0.9] * 3}).attempts
    report = FoldReport(rounds={"a": 5}, seconds={"fit": 1.0})
    attempt.take(0, "old", tmp_path, report, 1.0)
    attempt.take(1, "new", tmp_path, report, 1.0)
    assert (sorted(attempt.raws), attempt.queued) == ([1], [0])


def test_prep_is_checked_with_the_first_model_that_lets_it_run(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    first, second = place.attempts
    first.code.model = f"BROKEN = 1\n{MODEL}"
    repairer = Repairer(place.bench, 3)
    assert attempts_with_prep(place.bench, place.attempts, repairer, None) == [second]
    assert first.status == "failed" and "agee" in first.note
    second.code.model = first.code.model
    with pytest.raises(IimlError, match="agee"):
        attempts_with_prep(place.bench, place.attempts, repairer, None)


def test_only_candidates_with_the_same_prep_are_combined(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    place.explore()
    place.attempts[1].code.prep = PREP.replace("BAD", "GOOD")
    plan = Finisher(place.bench).best_plan(place.attempts)
    assert plan is not None and plan.attempts == (place.attempts[0],) and plan.single
