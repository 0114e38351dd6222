"""Who waits for leak tests, who shares a verdict, and what a refusal means for the search."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from competitions.leaky import LINE, MEMBER, bench_for, write_leaky_shop

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.events import LeakTested, Note
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.fragments import WRITERS
from iiml_codegen.integration.repairs.cheaper_settings import fewer_rounds
from iiml_codegen.planning.transductive import MEMORY, TRAIN_ALONE, learns_from_both
from iiml_codegen.search import leak_gate
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.jobs import Done, Job
from iiml_codegen.search.leak_gate import LEAST_SECONDS, MOST_CORES, SHARE, LeakGate
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.slots import Machine, Need, Slots
from iiml_codegen.search.tuning import variant

BROKEN = LeakOutcome(code="IIML504", verdict="violated", says="made from the id")
FINE = LeakOutcome(code="IIML504", verdict="passed", says="no id")
PLANNED = "the plan's own prep"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A real bench, on which verdicts are told beforehand by a word in prep."""
    monkeypatch.setattr(leak_gate, "plan_outcomes", lambda bench, seconds: [FINE])
    monkeypatch.setattr(leak_gate, "leak_shadow", lambda bench: None)
    monkeypatch.setattr(leak_gate, "wrote_model", lambda bench, code: code.model == LINE)
    monkeypatch.setattr(leak_gate, "is_planned", lambda bench, code: PLANNED in code.prep)
    told = lambda bench, code, shadow, seconds: [BROKEN if "leaky" in code.prep else FINE]  # noqa: E731
    monkeypatch.setattr(leak_gate, "candidate_outcomes", told)
    with bench_for(tmp_path, write_leaky_shop(tmp_path / "shop")) as made:
        yield made


def attempt(bench: Bench, prep: str, name: str = "01", model: str = LINE) -> Attempt:
    folder = bench.context.workspace.candidate(name)
    made = Attempt(CandidateCode(name, MEMBER, folder, prep, model, bench.task), estimate=1.0)
    made.admitted = True
    made.score = Score(value=0.8, standard_error=0.1, folds=(0.8,), rows=9)
    return made


def test_code_by_another_hand_waits_for_its_tests_and_the_plans_own_does_not(bench: Bench) -> None:
    gate = LeakGate(bench)
    own, other = attempt(bench, PLANNED), attempt(bench, "by hand")
    assert gate.cleared(own)
    assert not gate.cleared(other)
    gate.test(other.code)
    assert gate.cleared(other)


def test_members_of_one_planned_prep_share_a_verdict_and_others_have_their_own(
    bench: Bench,
) -> None:
    gate = LeakGate(bench)
    first, second = attempt(bench, PLANNED), attempt(bench, PLANNED, "02")
    edited = attempt(bench, PLANNED, "03", model=f"{LINE}\n# edited\n")
    gate.begin(first)
    assert not gate.due(second)
    assert gate.due(edited)


def test_a_refused_candidate_is_named_in_the_journal_and_not_found(bench: Bench) -> None:
    gate = LeakGate(bench)
    leaky, clean = attempt(bench, "leaky", "01"), attempt(bench, "by hand", "02")
    explored = Exploration(bench, [], Repairer(bench, 0), lambda _: 0.0, gate=gate)
    explored.started += [leaky, clean]
    for one in (leaky, clean):
        gate.test(one.code)
    explored.results.after_leaks()
    assert (leaky.status, clean.status) == ("failed", "running")
    assert leaky.note.startswith("IIML504")
    assert explored.found() == [clean]
    told = [e.event for e in bench.context.journal.read() if isinstance(e.event, LeakTested)]
    assert (told[1].candidate, told[1].outcome) == ("01", BROKEN)
    assert [event.candidate for event in told].count(None) == 1


def test_where_tests_leave_nobody_the_plans_own_code_is_used_and_a_note_says_so(
    bench: Bench,
) -> None:
    gate = LeakGate(bench)
    own, other = attempt(bench, f"{PLANNED} leaky", "01"), attempt(bench, "leaky", "02")
    explored = Exploration(bench, [], Repairer(bench, 0), lambda _: 0.0, gate=gate)
    explored.started += [own, other]
    for one in (own, other):
        gate.test(one.code)
    assert explored.found() == [own]
    notes = [e.event.text for e in bench.context.journal.read() if isinstance(e.event, Note)]
    assert any("leak tests left no candidate" in text for text in notes)


def test_tests_take_a_share_of_the_budget_and_a_little_more_for_other_hands(bench: Bench) -> None:
    gate = LeakGate(bench)
    planned, other = attempt(bench, PLANNED).code, attempt(bench, "by hand").code
    share = SHARE * bench.context.budget.total * min(bench.slots, MOST_CORES)
    assert gate.seconds_for(planned, 0.0) == pytest.approx(share)
    gate._left = 0.0
    assert gate.seconds_for(planned, 0.0) == 0.0
    assert gate.seconds_for(other, 0.0) == LEAST_SECONDS


def test_tests_leave_the_time_that_the_final_refit_needs(bench: Bench) -> None:
    gate, left = LeakGate(bench), bench.seconds_left
    planned, other = attempt(bench, PLANNED).code, attempt(bench, "by hand").code
    assert gate.seconds_for(planned, left - 3.0) == pytest.approx(3.0, abs=1.0)
    assert gate.seconds_for(planned, left + 60.0) < 0
    assert gate.seconds_for(other, left + 60.0) == LEAST_SECONDS


def test_fewer_rounds_for_want_of_time_leave_a_model_the_plans_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    written = "ROUNDS = 400\nRATE = 0.1\n"
    coder = SimpleNamespace(write=lambda blueprint, member: written)
    gate = LeakGate(replace(bench, agents=replace(bench.agents, modeling_coder=coder)))
    monkeypatch.setattr(leak_gate, "is_planned", lambda bench, code: True)
    for model, own in ((written, True), (fewer_rounds(written, 4), True), ("ROUNDS = 5\n", False)):
        assert gate.planned(attempt(bench, PLANNED, model=model).code) is own


def test_other_constants_for_a_model_with_fewer_rounds_leave_it_the_plans_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    written = 'ROUNDS = 400\nPARAMS = {"learning_rate": 0.1, "leaves": 31}\n'
    coder = SimpleNamespace(write=lambda blueprint, member: written)
    gate = LeakGate(replace(bench, agents=replace(bench.agents, modeling_coder=coder)))
    monkeypatch.setattr(leak_gate, "is_planned", lambda bench, code: True)
    parent = attempt(bench, PLANNED, model=fewer_rounds(written, 4))
    values = {"PARAMS.learning_rate": 0.05, "PARAMS.leaves": 12}
    tuned = variant(bench, parent, values, 1)
    assert "ROUNDS = 100" in tuned.code.model and '"learning_rate": 0.05' in tuned.code.model
    assert gate.planned(tuned.code)
    assert gate.key(tuned.code) == gate.key(parent.code)
    tuned.code.model += "# mended\n"
    assert not gate.planned(tuned.code)
    edited = attempt(bench, PLANNED, model=f"{parent.code.model}# by hand\n")
    assert not gate.planned(variant(bench, edited, values, 2).code)


def test_one_leak_test_runs_at_a_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, go_on = LeakGate(bench), threading.Event()
    monkeypatch.setattr(gate, "test", lambda *asked: go_on.wait(120))
    explored = Exploration(bench, [], Repairer(bench, 0), lambda _: 0.0, gate=gate)
    explored.started += [attempt(bench, f"by hand {n}", f"0{n}") for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        slots: Slots[Job, Done] = Slots(pool, Machine(cores=2), in_order=False)
        first = explored.next_job(slots)
        assert first is not None and first.what == "leaks"
        slots.start(first, Need(), explored.jobs.perform)
        assert explored.next_job(slots) is None
        go_on.set()
        assert len(slots.finished(120.0)) == 1
        second = explored.next_job(slots)
    assert second is not None and second.what == "leaks" and second.attempt is not first.attempt


def test_tests_that_cannot_be_run_refuse_nobody_and_say_why(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(bench: Bench) -> None:
        raise IimlError("the disk is full")

    monkeypatch.setattr(leak_gate, "leak_shadow", fail)
    gate, other = LeakGate(bench), attempt(bench, "leaky")
    gate.test(other.code)
    assert gate.cleared(other)
    told = bench.context.journal.read()[-1].event
    assert isinstance(told, LeakTested)
    assert (told.outcome.verdict, told.outcome.says) == ("skipped", "the disk is full")


def test_tests_that_would_only_run_out_of_time_are_not_begun(bench: Bench) -> None:
    gate, own = LeakGate(bench), attempt(bench, f"{PLANNED} leaky")
    gate.test(own.code, run_seconds=1000.0)
    told = bench.context.journal.read()[-1].event
    assert isinstance(told, LeakTested)
    assert told.outcome.verdict == "skipped"
    assert "too few for runs" in told.outcome.says


def test_steps_that_learn_from_stacked_rows_are_declared_and_targets_are_not() -> None:
    counts = Step(id="P1", part="prep", key="counts", title="", why="", values={"columns": ["a"]})
    target = Step(
        id="P2", part="prep", key="target_means", title="", why="", values={"columns": ["a"]}
    )
    assert learns_from_both(counts)
    assert not learns_from_both(target)
    assert MEMORY in WRITERS["target_means"]({"columns": ["a"]}).lines[0]
    assert set(WRITERS) >= TRAIN_ALONE
