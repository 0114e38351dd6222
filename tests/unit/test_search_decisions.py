"""What the search decides, with runs and scores that are told beforehand."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from competitions import write_competition

from iiml_codegen.budget import Budget
from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.candidate import Candidate, Ensemble, Score
from iiml_codegen.domain.contract import Breach, Clause, Contract
from iiml_codegen.domain.events import FaultFound, Note, PatchTried
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import IimlError, WorkerError
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.integration import debugging_agent
from iiml_codegen.integration.pipeline_plan import Pipeline
from iiml_codegen.integration.repairs.repair import Edit, Repair
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.journal import Journal
from iiml_codegen.search import prep_check
from iiml_codegen.search.attempt import Attempt, FoldReport
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.finish import Finisher
from iiml_codegen.search.prep_check import Checked, attempts_with_prep, kept_contract
from iiml_codegen.search.refit_plan import RefitPlan, affordable_seeds, plan_for_one
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.shadows import Shadow, ShadowSet
from iiml_codegen.search.standing import Standing, StandingRecord, digest_of
from iiml_codegen.workspace import Workspace

FOLDS = 3
PREP = 'def prepare(data_dir):\n    return {"features_train": 1, "target": BAD}\n'
MODEL = "ROUNDS = 100\n\n\ndef fit(X, y, *, seed: int = 0):\n    return 1\n"


class Code(CandidateCode):
    """A candidate whose pipeline is its model's text."""

    def write(self) -> None:
        text = f"{self.prep}{self.model}"
        self.pipeline = Pipeline(text=text, source_map=SourceMap(stretches=()))


@dataclass
class Told:
    """Scores by candidate and fold, and candidates that fail in one way or another."""

    scores: dict[str, list[float]]
    slow: set[str] = field(default_factory=set)
    unscorable: set[str] = field(default_factory=set)
    runs: list[str] = field(default_factory=list)


class Runs:
    """A runner that writes what was told."""

    def __init__(self, told: Told, room: dict[str, Code]) -> None:
        self.told, self.room = told, room

    def run(self, spec: RunSpec) -> RunResult:
        assert spec.candidate is not None and spec.fold is not None
        self.told.runs.append(spec.id)
        code = self.room[spec.candidate]
        if code.id in self.told.slow and "ROUNDS = 100" in code.model and spec.fold > 0:
            return RunResult(id=spec.id, status="timeout", reason="wall limit of 20 s")
        if "BROKEN" in code.model:
            log = 'Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: "agee"'
            return RunResult(id=spec.id, status="failed", log_tail=log)
        folder = Path(spec.folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "raw.npy").write_text(f"{code.id} {self.told.scores[code.id][spec.fold]}")
        report = {"rounds": {code.member.name: 10}, "seconds": {"fit": 2.0}, "threads": 1}
        (folder / "report.json").write_text(json.dumps(report))
        return RunResult(id=spec.id, status="ok", seconds=3.0)

    def stop(self, run: str) -> None:
        raise AssertionError(f"{run} was stopped")

    def stop_all(self) -> None:
        return None


class Worker:
    """A worker that reads scores where raw predictions would be."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def call_typed(self, verb: str, params: Any, kind: type, timeout: float) -> Any:
        assert verb == "score"
        told = [Path(f["raw"]).read_text().split() for f in params["folds"]]
        if told[0][0] in self.told.unscorable:
            raise WorkerError("the worker ended")
        return score(*[float(value) for _, value in told])


@dataclass
class Room:
    """A bench on which nothing is real but the decisions; the clock stands where it is put."""

    bench: Bench
    told: Told
    attempts: list[Attempt]
    clock: list[float]

    def explore(self, **changes: Any) -> dict[str, Attempt]:
        repairer = Repairer(self.bench, rounds=changes.get("rounds", 4))
        reserve = changes.get("reserve", lambda attempts: 10.0)
        Exploration(self.bench, self.attempts, repairer, reserve).run(lambda attempt: None)
        return {attempt.id: attempt for attempt in self.attempts}

    def events(self, kind: type[Any]) -> list[Any]:
        entries = self.bench.context.journal.read()
        return [entry.event for entry in entries if isinstance(entry.event, kind)]


def score(*folds: float, rows: int | None = None) -> Score:
    value = sum(folds) / len(folds)
    return Score(value=value, standard_error=0.01, folds=folds, rows=rows or 100 * len(folds))


def room(path: Path, scores: dict[str, list[float]], *, budget: float = 300.0, **told: Any) -> Room:
    competition = write_competition(path, "binary", rows=40)
    workspace, clock = Workspace(path).create(), [0.0]
    story = Told(scores, **told)
    codes = {name: code_for(path, name, competition.task) for name in scores}
    context = SolveContext(
        workspace=workspace,
        options=SolveOptions(budget=budget, cores=1),
        journal=Journal(workspace.journal),
        runner=cast(Any, Runs(story, codes)),
        worker=cast(Any, Worker(story)),
        budget=Budget(budget, clock=lambda: clock[0]),
        stop=threading.Event(),
        interpreter=Path("python"),
    )
    shadows = [
        Shadow(
            **{name: f"{path}/key/{n}/{name}" for name in ("data", "rows", "fold_rows", "valid")},
            fold=n,
            train_rows=200,
            n_fold=100,
            n_valid=20,
        )
        for n in range(FOLDS)
    ]
    clause = Clause(
        id="C7", output="target", says="codes", shape="target", kind=(), rows_like="train"
    )
    bench = Bench(
        context=context,
        folder=str(path),
        agents=cast(Any, None),
        task=from_plain(competition.task, TaskSummary),
        profile=cast(Any, type("Profile", (), {"columns": ()})),
        blueprint=cast(Any, None),
        contract=Contract(views=(), clauses=(clause,)),
        shadows=ShadowSet(
            view=f"{path}/key/view",
            target="t",
            train_rows=300,
            test_rows=9,
            folds=tuple(shadows),
        ),
        constant=0.5,
    )
    return Room(bench, story, [Attempt(codes[n], estimate=3.0) for n in scores], clock)


def code_for(path: Path, name: str, task: dict[str, Any]) -> Code:
    member = Member(name=name, track="traditional", template="t", view="features")
    summary = from_plain(task, TaskSummary)
    return Code(name, member, path / "iiml" / "candidates" / name, PREP, MODEL, summary)


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
    assert seeds == [3, 2, 1, 1]


def test_the_reserve_grows_with_what_is_worth_refitting(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    finisher = Finisher(place.bench)
    for attempt in place.attempts:
        attempt.fit_seconds = {0: 20.0}
    sizes = []
    for number in range(3):
        sizes.append(finisher.reserve(place.attempts))
        if number < 2:
            place.attempts[number].score = score(0.9)
    assert sizes == sorted(set(sizes))


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
    finisher.standing = stands
    place.attempts[0].score = score(*folds)
    assert finisher.improves(plan_for_one(place.attempts[0]), place.attempts) is better
    assert finisher.first_refit(place.attempts[0]) is None


def test_a_lucky_first_fold_is_compared_on_that_fold(tmp_path: Path) -> None:
    place = room(tmp_path, {"a": [0.9] * 3, "b": [0.8] * 3})
    lucky, whole = place.attempts
    finisher = Finisher(place.bench)
    finisher.standing = standing("a", 0.9)
    lucky.score, lucky.raws = score(0.9), {0: tmp_path}
    for first, better in ((0.92, True), (0.88, False)):
        members = ("b", "a")
        ensemble = Ensemble(
            method="greedy", members=members, parameters={}, score=score(first, 0.7, 0.7)
        )
        assert finisher.improves(RefitPlan((whole,), ensemble), place.attempts) is better


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
