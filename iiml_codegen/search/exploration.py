"""The exploration: which run comes next, what its result means, and when to stop.

Threads of the pool only run scripts and scored candidates' refits. Candidates' state belongs to
the thread of `run`: what a run gave is taken in there, one result after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from iiml_codegen.domain.candidate import CandidateStatus
from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import from_json
from iiml_codegen.errors import IimlError
from iiml_codegen.search.admission import best_of, weakness
from iiml_codegen.search.attempt import Attempt, FoldReport
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.incoming import Board, Incoming, Seen
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.leak_trial import LEAK_ROWS
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import Estimate, run_sample
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import fold_spec, memory_limit, run_id, text_of
from iiml_codegen.search.yours import is_yours, why_not

LOOK_SECONDS = 0.5
SLACK = 1.3
SHARE_OF_THE_PLAN = 0.5
"""Of the budget: how long the plan's own candidates go before those of a second line."""
NO_TIME = "not started: too little time left"
TROUBLE = (IimlError, OSError, KeyError, msgspec.MsgspecError)
"""What a candidate may run into: its end, but not the solve's."""
Refit = Callable[[], bool]
"""Hands a candidate in; says whether a submission stands now. For a thread of its own."""


@dataclass(frozen=True)
class Job:
    """One fold of a candidate, its leak tests, or its trial: assemble it, and run the sample.

    A candidate that a person wrote climbs the verification ladder first.
    """

    attempt: Attempt
    fold: int | None = None
    leaks: bool = False
    climbs: bool = False


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    result: RunResult
    estimate: Estimate | None = None


class Exploration:
    """Runs candidates on all slots until they or the time run out.

    `reserve` says how many seconds the end needs; `first_refit` is asked for the refit of the best
    candidate as long as nothing stands, and answers None where something does. With a `gate`, only
    candidates that passed its leak tests become the best. `yours` is asked now and then for a
    candidate of what a person has saved meanwhile: it goes before all others. What is `incoming`
    from a second line goes after all others, or before them once the plan's own had their share.
    """

    def __init__(
        self,
        bench: Bench,
        attempts: list[Attempt],
        repairer: Repairer,
        reserve: Callable[[list[Attempt]], float],
        sample: Shadow | None = None,
        gate: LeakGate | None = None,
        yours: Callable[[], Attempt | None] = lambda: None,
        incoming: Incoming | None = None,
    ) -> None:
        self.bench = bench
        self.sample = sample
        self.gate = gate
        self.yours = yours
        self.incoming = incoming or Incoming()
        self.brought: list[Attempt] = []
        self.unclimbed: list[Attempt] = []
        self.waiting = list(attempts)
        self.started: list[Attempt] = []
        self.repairer = repairer
        self.reserve = reserve
        self.offered: set[str] = set()

    def run(self, first_refit: Callable[[Attempt], Refit | None]) -> list[Attempt]:
        """Explore; returns the candidates that have a score."""
        jobs: dict[Future[Done], Job] = {}
        refit: Future[bool] | None = None
        stop = self.bench.context.stop
        with closing(self.incoming), ThreadPoolExecutor(self.bench.slots) as pool:
            while not stop.is_set():
                self.take_in_yours()
                self.take_in_others()
                if refit is None or (refit.done() and not refit.result()):
                    refit = self.offer(pool, first_refit) or refit
                side = [refit] if refit and not refit.done() else []
                while len(jobs) + len(side) < self.bench.slots and (job := self.next_job()):
                    job.attempt.running += 1
                    jobs[pool.submit(self.perform, job)] = job
                futures: list[Future[Any]] = [*jobs, *side]
                if not futures:
                    if not self.expects_more():
                        break
                    self.incoming.wait(LOOK_SECONDS)
                    continue
                done, _ = wait(futures, LOOK_SECONDS, FIRST_COMPLETED)
                for future in [future for future in jobs if future in done]:
                    self.absorb(jobs.pop(future), future.result())
                self.stop_late(jobs)
            self.take_in_others()
            self.bench.context.runner.stop_all()
        return self.found()

    def take_in_yours(self) -> None:
        """Let a candidate of what a person saved meanwhile be next; one of an older text ends."""
        attempt = self.yours()
        if attempt is None:
            return
        for older in [*self.started, *self.unclimbed, *self.waiting]:
            if is_yours(older.id) and older.status in ("running", "partial"):
                self.repairer.stop(older.code)
                self.end(older, "stopped", f"edited again: {attempt.id} goes on")
        self.waiting = [waiting for waiting in self.waiting if waiting.status != "stopped"]
        self.unclimbed = [attempt]

    def take_in_others(self) -> None:
        """Take over what the second line brings, and show it where things stand."""
        handed, verdicts = self.incoming.take()
        self.brought += handed
        for verdict in verdicts:
            for attempt in self.started:
                if attempt.id == verdict.candidate and attempt.status != "failed":
                    attempt.dropped = verdict.dropped
                    self.say(attempt, attempt.status, verdict.note)
        if self.incoming.open:
            known = (*self.started, *self.brought, *self.waiting)
            turn = not self.waiting or self.plan_had_its_share
            board = Board(tuple(map(self.seen, known)), self.time_left(), turn)
            self.incoming.publish(board)

    def expects_more(self) -> bool:
        """Whether the second line may bring a candidate that there is time for."""
        return self.incoming.has_more() and self.time_left() > 0

    @property
    def plan_had_its_share(self) -> bool:
        """Whether what is left of the plan's own candidates waits for those of the second line."""
        return self.bench.context.budget.fraction_used() > SHARE_OF_THE_PLAN

    def seen(self, attempt: Attempt) -> Seen:
        """A candidate as it stands, for the second line."""
        whole = len(attempt.raws) == len(self.bench.shadows.folds) and attempt.status == "scored"
        judged = whole and (self.gate is None or self.gate.judged(attempt))
        return Seen(
            code=copy(attempt.code),
            candidate=attempt.as_candidate(),
            raws=dict(attempt.raws),
            fold_seconds=attempt.expected_seconds(),
            settled=attempt.status in ("failed", "stopped") or judged,
            cleared=whole and (self.gate is None or self.gate.cleared(attempt)),
        )

    def found(self) -> list[Attempt]:
        """The candidates with a score; where leak tests left none, those that the plan wrote.

        Then a test is more likely wrong than the plan, and a submission is better than none.
        """
        scored = [attempt for attempt in self.started if attempt.score is not None]
        gate = self.gate
        if gate is None:
            return scored
        cleared = [a for a in scored if gate.cleared(a)]
        if cleared or not scored:
            return cleared
        left = [a for a in scored if gate.planned(a.code) or gate.refused(a) is None]
        if left:
            said = "leak tests left no candidate; those that the plan wrote are used all the same"
            self.bench.context.journal.append(Note(level="warning", text=said))
        return left

    def offer(
        self, pool: ThreadPoolExecutor, first_refit: Callable[[Attempt], Refit | None]
    ) -> Future[bool] | None:
        """Start the refit of the best candidate that was not tried for it yet."""
        fresh = [a for a in self.started if a.id not in self.offered and a.status != "failed"]
        fresh = [a for a in fresh if self.gate is None or self.gate.cleared(a)]
        best = best_of(self.bench, [a for a in fresh if a.text == a.code.text])
        if best is None:
            return None
        self.offered.add(best.id)
        refit = first_refit(best)
        return pool.submit(refit) if refit else None

    def time_left(self) -> float:
        """Seconds for exploring: what the budget has, less what the final refit needs."""
        return self.bench.seconds_left - self.reserve(self.started)

    def next_job(self) -> Job | None:
        """Finish candidates that earned it, else try the next one; None if no time or no work."""
        if self.gate is not None and self.bench.seconds_left > 0:
            for attempt in self.started:
                if attempt.status != "failed" and self.gate.due(attempt):
                    self.gate.begin(attempt)
                    return Job(attempt, leaks=True)
        while self.unclimbed:
            attempt = self.unclimbed.pop(0)
            if self.affords(attempt, folds=2):
                self.started.insert(0, attempt)
                return Job(attempt, climbs=True)
            self.say(attempt, "stopped", NO_TIME)
        for attempt in self.started:
            if attempt.queued and self.affords(attempt):
                return Job(attempt, attempt.queued.pop(0))
        while self.waiting or self.brought:
            brought = self.brought and (not self.waiting or self.plan_had_its_share)
            attempt = (self.brought if brought else self.waiting).pop(0)
            if self.affords(attempt, folds=2):
                self.started.append(attempt)
                return Job(attempt)
            self.started += [attempt] if brought else []
            self.say(attempt, "stopped", NO_TIME)
        return None

    def affords(self, attempt: Attempt, folds: int = 1) -> bool:
        """Whether so many folds of it fit into the time for exploring; a first one always does."""
        if self.is_done(attempt) or not any(a.score or a.running for a in self.started):
            return self.bench.seconds_left > 0
        return attempt.expected_seconds() * folds * SLACK < self.time_left()

    def is_done(self, attempt: Attempt) -> bool:
        """Whether its next fold was run before the solve was interrupted, and costs nothing now."""
        fold = attempt.queued[0] if attempt.queued else 0
        run = self.bench.context.workspace.run(run_id(attempt.code, f"fold {fold}"))
        return (run / "result.json").exists()

    def perform(self, job: Job) -> Done:
        """Do a job, with repairs if it fails. Runs on a thread of the pool."""
        code, bench = job.attempt.code, self.bench
        try:
            if job.leaks and self.gate is not None:
                part = LEAK_ROWS / max(LEAK_ROWS, bench.shadows.train_rows)
                self.gate.test(code, self.sample, job.attempt.expected_seconds() * part)
                return Done(RunResult(id=code.id, status="ok"))
            if job.fold is not None:
                shadow = bench.shadow(job.fold)
                make_spec = partial(fold_spec, bench, code, shadow)
                return Done(self.repairer.run(code, make_spec))
            if job.climbs and (why := why_not(bench, code, self.sample)):
                return Done(RunResult(id=code.id, status="failed", reason=why))
            code.write()
            if self.sample is None:
                return Done(RunResult(id=code.id, status="ok"))
            return Done(*run_sample(bench, code, self.sample, self.repairer))
        except TROUBLE as error:
            return Done(RunResult(id=code.id, status="failed", reason=str(error)))

    def absorb(self, job: Job, done: Done) -> None:
        """Take a result into its candidate, and decide how it goes on."""
        attempt, result = job.attempt, done.result
        attempt.running -= 1
        if self.gate is not None:
            self.gate.saw(attempt.code, result)
        if job.leaks:
            self.after_leaks()
        elif not result.ok:
            self.end(attempt, "stopped" if result.status == "stopped" else "failed", reason(result))
        elif job.fold is None:
            self.after_trial(attempt, done.estimate)
        elif text_of(result.id) != attempt.code.text:  # mended meanwhile, for another fold
            attempt.queued.append(job.fold)
        elif attempt.status not in ("failed", "stopped"):
            self.after_fold(attempt, job.fold, result)

    def after_leaks(self) -> None:
        """Take candidates that a leak test refused out of the ranking."""
        for attempt in self.started:
            refused = self.gate.refused(attempt) if self.gate else None
            if refused is not None and attempt.status != "failed":
                self.end(attempt, "failed", f"{refused.code} {refused.says}; not ranked")

    def after_trial(self, attempt: Attempt, estimate: Estimate | None) -> None:
        """Go on with the first fold, unless it would take too long or too much memory."""
        attempt.queued = [0]
        if estimate is None:
            return
        attempt.estimate = estimate.seconds
        size = f"{estimate.seconds:.0f} s and {estimate.peak_bytes / 2**30:.1f} GiB"
        said = f"{attempt.id}: by its sample run, one fold should take about {size}"
        self.bench.context.journal.append(Note(level="information", text=said))
        if estimate.peak_bytes > memory_limit(self.bench):
            need = estimate.peak_bytes / 2**30
            self.end(attempt, "stopped", f"it should need {need:.1f} GiB, too much for one run")
        elif any(a.score for a in self.started) and not self.affords(attempt):
            took = f"one fold should take {estimate.seconds:.0f} s"
            self.end(attempt, "stopped", f"{took}; that is too long for what is left")

    def after_fold(self, attempt: Attempt, fold: int, result: RunResult) -> None:
        """Score what there is; a weak candidate stops after its first fold."""
        folder = self.bench.context.workspace.run(result.id)
        try:
            report = from_json((folder / "report.json").read_bytes(), FoldReport)
            raw = folder / "raw.npy"
            attempt.take(fold, text_of(result.id), raw, report, result.seconds)
            attempt.score = self.bench.score(attempt.raws)
        except TROUBLE as error:
            attempt.raws.pop(fold, None)
            stopping = self.bench.context.stop.is_set()
            self.end(attempt, "stopped" if stopping else "failed", f"no score: {error}")
            return
        weak = "" if attempt.admitted else self.admit(attempt)
        if weak:
            self.end(attempt, "stopped", weak)
        else:
            whole = len(attempt.raws) == len(self.bench.shadows.folds)
            self.say(attempt, "scored" if whole else "partial")
            self.after_leaks()

    def admit(self, attempt: Attempt) -> str:
        """Queue the other folds of a candidate that is worth it; else why it is not."""
        weak = weakness(self.bench, attempt, best_of(self.bench, self.started))
        if not weak:
            attempt.admitted = True
            attempt.queued = list(range(1, len(self.bench.shadows.folds)))
        return weak

    def stop_late(self, jobs: dict[Future[Done], Job]) -> None:
        """End runs that eat into the time of the final refit."""
        if jobs and any(a.score for a in self.started) and self.time_left() < 0:
            for job in jobs.values():
                job.attempt.queued.clear()
                self.repairer.stop(job.attempt.code)

    def end(self, attempt: Attempt, status: CandidateStatus, note: str) -> None:
        """A candidate goes no further; a fold that ran into another's end changes nothing."""
        attempt.queued.clear()
        if attempt.status not in ("failed", "stopped"):
            self.say(attempt, status, note)

    def say(self, attempt: Attempt, status: CandidateStatus, note: str = "") -> None:
        """Record a candidate's new state."""
        attempt.status, attempt.note = status, note
        journal = self.bench.context.journal
        journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
        if status == "failed":
            journal.append(Note(level="warning", text=f"{attempt.id} failed: {note}"))


def reason(result: RunResult) -> str:
    """Why a run gave nothing, in one line."""
    if result.status == "stopped":
        return "stopped before its end"
    last = result.log_tail.strip().splitlines()[-1:] if result.status == "failed" else []
    return next(filter(None, (*last, result.reason)), f"it ended as {result.status}")
