"""In which order candidates go, what runs at once, and what a score alone on some rows is worth."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from processes.told_search import MODEL, Room, room, score

from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import to_json
from iiml_codegen.execution.accelerator import Accelerator, listed
from iiml_codegen.files import write_atomically
from iiml_codegen.leaderboard import ranked, scope
from iiml_codegen.search import specs
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.estimating import START_BYTES_OF_TORCH
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.order import Order
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import sample_spec
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.slots import Machine, Need, Slots
from iiml_codegen.search.specs import run_id
from iiml_codegen.search.time_left import TimeLeft

NETWORK = (
    "EPOCHS = 9\n\n\ndef fit(X, y, *, threads: int = 1, time_limit=None):\n    return 'cuda'\n"
)
GIB = 2**30


def planned(place: Room, **members: dict[str, Any]) -> Room:
    """Give candidates other members than the told ones have."""
    for attempt in place.attempts:
        if changes := members.get(attempt.id):
            attempt.code.member = replace(attempt.code.member, **changes)
            attempt.estimate = attempt.member.cost
    return place


def explored(
    place: Room, sample: Shadow | None = None, reserve: float = 10.0
) -> dict[str, Attempt]:
    repairer = Repairer(place.bench, 0)
    explore = Exploration(place.bench, place.attempts, repairer, lambda _: reserve, sample)
    explore.run(lambda attempt: None)
    return {attempt.id: attempt for attempt in place.attempts}


def order_of(place: Room) -> list[str]:
    """Candidates with their folds, in the order of their runs."""
    return [run.rpartition("-")[0].replace("-fold-", "") for run in place.told.runs]


def test_each_track_gets_its_first_candidate_before_the_second_of_any(tmp_path: Path) -> None:
    place = room(tmp_path, {name: [0.8] * 3 for name in ("a", "b", "net", "old")})
    planned(place, net={"track": "custom_nn", "cost": 40.0}, old={"track": "pretrained"})
    explored(place)
    assert order_of(place)[:5] == ["a0", "a1", "a2", "net0", "old0"]
    assert sorted(order_of(place)) == sorted(
        f"{n}{f}" for n in ("a", "b", "net", "old") for f in range(3)
    )


def test_what_gains_most_per_second_goes_first(tmp_path: Path) -> None:
    place = room(tmp_path, {name: [0.8] * 3 for name in ("a", "dear", "cheap", "alike")})
    planned(
        place,
        a={"template": "trees_classifier"},
        dear={"template": "forest_classifier", "cost": 60.0},
        cheap={"template": "linear_classifier", "cost": 2.0},
        alike={"template": "trees_regressor", "cost": 2.0},
    )
    first, *others = place.attempts
    first.score, first.raws, first.seconds = score(0.8), {0: tmp_path}, {0: 3.0}
    order = Order(place.bench, place.attempts)
    assert [one.id for one in order.first(others, [first])] == ["cheap", "alike", "dear"]
    cheap = others[1]
    cheap.score, cheap.raws = score(0.6), {0: tmp_path}
    assert order.gain(cheap, [first, cheap]) < order.gain(others[0], [first, cheap])


def test_costs_are_scaled_by_what_others_took_unless_no_clock_may_count(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "b": [0.8] * 3})
    planned(place, a={"cost": 8.5}, b={"cost": 20.0})
    done, waiting = place.attempts
    done.seconds = {0: 30.0}
    assert Order(place.bench, place.attempts).fold_seconds(waiting, [done]) == pytest.approx(60.0)
    counted = Order(place.bench, place.attempts, measured=False)
    assert counted.fold_seconds(waiting, [done]) == 20.0


def test_a_candidate_too_dear_for_a_fold_keeps_its_score_on_the_sample(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "net": [0.9] * 3})
    planned(place, net={"track": "custom_nn", "cost": 5000.0})
    place.attempts[1].code.model = MODEL.replace("ROUNDS", "WIDTH")
    small = replace(place.bench.shadow(0), train_rows=1600, n_fold=400)
    large = [replace(one, train_rows=200_000) for one in place.bench.shadows.folds]
    shadows = replace(place.bench.shadows, folds=tuple(large))
    object.__setattr__(place.bench, "shadows", shadows)
    place.told.seconds["a"] = 0.01
    found = explored(place, sample=small)
    net = found["net"].as_candidate()
    assert (net.status, net.sample, scope(net)) == ("stopped", 2000, "on 2,000 rows")
    assert net.score is not None and net.score.value == 0.9
    assert found["net"].score is None and found["a"].status == "scored"
    board = ranked([net, found["a"].as_candidate()], greater_is_better=True)
    assert [one.id for one in board] == ["a", "net"]


def test_a_score_on_one_fold_is_marked(tmp_path: Path) -> None:
    found = explored(room(tmp_path, {"a": [0.9] * 3, "weak": [0.6] * 3}))
    assert [scope(found[name].as_candidate()) for name in ("a", "weak")] == ["", "on fold 0"]


def test_a_fit_that_stops_by_itself_is_told_when(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "net": [0.8] * 3})
    planned(place, net={"track": "custom_nn", "cost": 500.0})
    place.attempts[1].code.model = NETWORK
    explored(place)
    limits = {run.id: run.fit_seconds for run in place.told.specs}
    assert {limit is None for run, limit in limits.items() if run.startswith("a-")} == {True}
    told = [limit for run, limit in limits.items() if run.startswith("net-")]
    assert len(told) == 3 and all(limit and 5.0 <= limit < 90.0 for limit in told)


def test_predictions_take_their_part_of_what_a_fit_may(tmp_path: Path) -> None:
    place = room(tmp_path, {"net": [0.8] * 3})
    (net,) = place.attempts
    net.code.model, net.estimate = NETWORK, 500.0
    order = Order(place.bench, place.attempts)
    time = TimeLeft(place.bench, order, lambda _: 10.0, place.attempts)
    alone = time.fit_limit(net)
    net.predicting = 40.0
    assert time.fit_limit(net) <= alone and time.affords_again(net, 1)
    net.predicting = 400.0
    assert time.fit_limit(net) < alone and not time.affords_again(net, 1)


def test_as_many_candidates_as_asked_for_and_no_more(tmp_path: Path) -> None:
    place = room(tmp_path, {name: [0.8] * 3 for name in "abcd"}, candidates=2)
    found = explored(place)
    assert [found[name].status for name in "abcd"] == ["scored", "scored", "stopped", "stopped"]
    assert "2 candidates" in found["d"].note


def test_results_come_in_the_order_of_starts_whichever_ends_first() -> None:
    later = threading.Event()

    def work(job: str) -> str:
        if job == "first":
            assert later.wait(120)
        else:
            later.set()
        return job

    with ThreadPoolExecutor(2) as pool:
        slots: Slots[str, str] = Slots(pool, Machine(cores=2), in_order=True)
        for job in ("first", "second"):
            slots.start(job, Need(), work)
        assert [slots.finished(10) for _ in range(2)] == [
            [("first", "first")],
            [("second", "second")],
        ]


def test_runs_share_a_card_by_its_memory_and_others_take_the_cores(tmp_path: Path) -> None:
    (gpu,) = listed("0, GPU-f00d, NVIDIA H100, 81920, 40960")
    machine = Machine(cores=4, card=Accelerator(gpu).room)
    trees, net, known = room(tmp_path, {n: [0.8] * 3 for n in "abc"}).attempts
    net.code.model = known.code.model = NETWORK
    known.card_bytes = 20 * GIB
    assert [machine.need(one).card // GIB for one in (trees, net, known)] == [0, 12, 25]

    waiting = [sys.executable, "-S", "-c", "input()"]
    runs = {one.id: subprocess.Popen(waiting, stdin=subprocess.PIPE) for one in (trees, net, known)}
    with ThreadPoolExecutor(4) as pool:
        slots: Slots[Attempt, int] = Slots(pool, machine, in_order=False)
        for one in (net, known, trees):
            assert slots.fits(machine.need(one))
            slots.start(one, machine.need(one), lambda job: runs[job.id].wait())
        assert not slots.fits(machine.need(net)) and slots.fits(machine.need(trees))
        runs[known.id].communicate(b"\n")
        assert slots.finished(20) == [(known, 0)]
        assert slots.fits(machine.need(net))
        for one in (net, trees):
            runs[one.id].communicate(b"\n")


def test_estimates_follow_how_busy_others_keep_the_machine(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "wide": [0.8] * 3})
    first, wide = place.attempts
    order = Order(place.bench, place.attempts)
    time = TimeLeft(place.bench, order, lambda _: 10.0, place.attempts)
    time.saw(first, RunResult(id="a", status="ok", seconds=10.0, cpu_seconds=10.0))
    first.seconds = {0: 10.0}
    calm = time.expected(first)
    for _ in range(6):
        busy = RunResult(id="w", status="ok", seconds=15.0, cpu_seconds=10.0)
        time.saw(wide, busy)
    assert (calm, time.expected(first)) == (10.0, 15.0)
    time.saw(wide, RunResult(id="w", status="ok", seconds=10.0, cpu_seconds=31.0))
    assert Machine(cores=8).need(wide) == Need(cores=3)


def test_what_a_large_network_reads_is_tried_on_few_rows_first(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "net": [0.9] * 3})
    planned(place, net={"track": "pretrained"})
    place.attempts[1].code.model = f"def encode(X):\n    return X\n\n\n{MODEL}".replace(
        "ROUNDS", "WIDTH"
    )
    few = replace(place.bench.shadow(0), train_rows=400, n_fold=100)
    large = replace(place.bench.shadow(0), train_rows=1600, n_fold=400)
    whole = tuple(replace(one, train_rows=900_000) for one in place.bench.shadows.folds)
    shadows = replace(place.bench.shadows, train_rows=9000, folds=whole)
    object.__setattr__(place.bench, "shadows", shadows)
    repairer = Repairer(place.bench, 0)
    explore = Exploration(place.bench, place.attempts, repairer, lambda _: 10.0, large)
    explore.jobs.few, explore.jobs.built = few, True
    place.told.seconds |= {"a": 0.01, "net-few-rows": 0.5}
    explore.run(lambda attempt: None)
    runs = [run for run in order_of(place) if run.startswith("net")]
    assert runs == ["net-few-rows", "net-sample"]
    assert scope(place.attempts[1].as_candidate()) == "on 2,000 rows"


def test_a_run_that_needs_much_memory_goes_with_fewer_beside_it(tmp_path: Path) -> None:
    small, large = room(tmp_path, {"a": [0.8] * 3, "b": [0.8] * 3}).attempts
    large.peak_bytes = 9 * GIB
    machine = Machine(cores=4, memory=16 * GIB)
    gate = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        slots: Slots[str, bool] = Slots(pool, machine, in_order=False)
        slots.start("large", machine.need(large), lambda _: gate.wait(120))
        assert slots.fits(machine.need(small)) and not slots.fits(machine.need(large))
        slots.start("small", machine.need(small), lambda _: gate.wait(120))
        assert not slots.fits(machine.need(small))
        gate.set()


def test_a_run_has_the_memory_that_its_libraries_take_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = room(tmp_path, {"trees": [0.8] * 3, "net": [0.8] * 3})
    trees, net = place.attempts
    net.code.model = f"import torch\n{NETWORK}"
    monkeypatch.setattr(specs, "memory_limit", lambda bench: GIB)
    assert specs.fold_spec(place.bench, trees.code, place.bench.shadow(0)).memory_bytes == GIB
    first = specs.room_for(place.bench, net.code)
    assert first > START_BYTES_OF_TORCH
    machine = Machine(cores=8, memory=8 * GIB)
    assert machine.need(net).memory == first and machine.need(trees).memory == GIB

    on_card = replace_in(place.bench, card_bytes=8 * GIB)
    for code, size in ((trees.code, GIB), (net.code, 16 * GIB)):
        assert sample_spec(on_card, code, on_card.shadow(0)).memory_bytes == size
        assert specs.fold_spec(on_card, code, on_card.shadow(0)).memory_bytes == size


def replace_in(bench: Bench, **context: Any) -> Bench:
    """The bench with other facts about the solve."""
    return dataclasses.replace(bench, context=dataclasses.replace(bench.context, **context))


def test_a_card_that_holds_one_run_takes_folds_one_by_one(tmp_path: Path) -> None:
    (net,) = room(tmp_path, {"net": [0.8] * 3}).attempts
    net.code.model, net.card_bytes = 'DEVICE = "cuda"', 6 * GIB
    assert Machine(cores=16, card=10 * GIB).lanes_for(net) == 1
    assert Machine(cores=16, card=40 * GIB).lanes_for(net) == 5
    assert Machine(cores=16).lanes_for(net) == 16


def test_only_a_resumed_solve_has_folds_for_nothing(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3, "b": [0.8] * 3})
    scored, waiting = place.attempts
    scored.score = score(0.8)
    time = TimeLeft(place.bench, Order(place.bench, []), lambda _: 299.0, place.attempts)
    run = place.bench.context.workspace.run(run_id(waiting.code, "fold 0"))
    free, endings = {}, (RunResult(id="", status="ok"), RunResult(id="", status="timeout"))
    for result in endings:
        write_atomically(run / "result.json", to_json(result))
        for resumed in (False, True):
            object.__setattr__(place.bench.context, "resumed", resumed)
            free[result.status, resumed] = time.affords(waiting)
    assert [how for how, is_free in free.items() if is_free] == [("ok", True)]


def test_no_constants_are_proposed_that_there_is_no_time_to_try(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.8] * 3})
    (whole,) = place.attempts
    order = Order(place.bench, place.attempts)
    time = TimeLeft(place.bench, order, lambda _: 290.0, place.attempts)
    place.explore(reserve=lambda _: 290.0)
    run = place.bench.context.workspace.run(run_id(whole.code, "fold 0"))
    done = RunResult(id=run.name, status="ok")  # a run that need not be made again
    write_atomically(run / "result.json", to_json(done))
    object.__setattr__(place.bench.context, "resumed", True)
    assert time.affords(whole, 4) and not time.affords_again(whole, 4)
