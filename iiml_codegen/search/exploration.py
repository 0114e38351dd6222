"""The exploration: which run comes next, what its result means, and when to stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iiml_codegen.domain.candidate import CandidateStatus
from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.domain.run import RunResult
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import run_sample
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import fold_spec, memory_limit

LOOK_SECONDS = 0.5
ENOUGH_SKILL = 0.6
"""A candidate that has gone less of the way from constant to best stops after its first fold."""
SLACK = 1.3


@dataclass(frozen=True)
class FoldJob:
    """One fold of one candidate."""

    attempt: Attempt
    fold: int
    started: float = field(default_factory=time.monotonic)


class Exploration:
    """Runs folds of candidates on all slots; `first_scored` is told of the first useful score."""

    def __init__(
        self,
        bench: Bench,
        attempts: list[Attempt],
        repairer: Repairer,
        reserve: Callable[[list[Attempt]], float],
        sample: Shadow | None = None,
    ) -> None:
        self.bench = bench
        self.sample = sample
        self.waiting = list(attempts)
        self.started: list[Attempt] = []
        self.repairer = repairer
        self.reserve = reserve

    def run(self, first_scored: Callable[[Attempt], None]) -> list[Attempt]:
        """Explore until the candidates or the time run out; returns those that have a score."""
        submitted = False
        jobs: dict[Future[RunResult], FoldJob] = {}
        with ThreadPoolExecutor(self.bench.slots) as pool:
            extra: list[Future[None]] = []
            while not self.bench.context.stop.is_set():
                extra = [future for future in extra if not settled(future)]
                while len(jobs) + len(extra) < self.bench.slots and (job := self.next_job()):
                    job.attempt.running += 1
                    jobs[pool.submit(self.perform, job)] = job
                if not jobs and not extra:
                    break
                futures: list[Future[Any]] = [*jobs, *extra]
                done, _ = wait(futures, LOOK_SECONDS, FIRST_COMPLETED)
                for future in [future for future in jobs if future in done]:
                    self.absorb(jobs.pop(future), future.result())
                best = self.best()
                if best is not None and not submitted:
                    submitted = True
                    extra.append(pool.submit(first_scored, best))
                self.stop_late(jobs)
            if jobs:
                self.bench.context.runner.stop_all()
        return [attempt for attempt in self.started if attempt.score is not None]

    def time_left(self) -> float:
        """Seconds for exploring: what the budget has, less what the final refit needs."""
        return self.bench.context.budget.left() - self.reserve(self.started)

    def next_job(self) -> FoldJob | None:
        """Finish candidates that earned it, else try the next one; None if no time or no work."""
        for attempt in self.started:
            if attempt.queued and self.affords(attempt):
                return FoldJob(attempt, attempt.queued.pop(0))
        while self.waiting:
            attempt = self.waiting.pop(0)
            if not self.started or self.affords(attempt, folds=2):
                self.started.append(attempt)
                return FoldJob(attempt, 0)
            self.say(attempt, "stopped", "not started: too little time left")
        return None

    def affords(self, attempt: Attempt, folds: int = 1) -> bool:
        """Whether so many folds of it fit into the time for exploring."""
        return attempt.expected_seconds() * folds * SLACK < self.time_left()

    def perform(self, job: FoldJob) -> RunResult:
        """Run one fold, with repairs if it fails. Runs on a thread of the pool."""
        code, shadow = job.attempt.code, self.bench.shadow(job.fold)
        if job.fold == 0:
            refused = self.refusal(job.attempt)
            if refused:
                return refused
        seconds = self.bench.context.options.budget
        return self.repairer.run(code, lambda: fold_spec(self.bench, code, shadow, seconds))

    def refusal(self, attempt: Attempt) -> RunResult | None:
        """Assemble and run on a sample; the result that says why it cannot go on, if it cannot."""
        code = attempt.code
        try:
            code.write()
        except IimlError as error:
            return RunResult(id=code.id, status="failed", reason=str(error))
        if self.sample is None:
            return None
        result, estimate = run_sample(self.bench, attempt, self.sample, self.repairer)
        if estimate is None:
            return result
        attempt.estimate = estimate.seconds
        if any(a.score for a in self.started) and not self.affords(attempt):
            said = (
                f"one fold should take {estimate.seconds:.0f} s; that is too long for what is left"
            )
            return RunResult(id=code.id, status="stopped", reason=said)
        if estimate.peak_bytes > memory_limit(self.bench):
            said = (
                f"it should need {estimate.peak_bytes / 2**30:.1f} GiB, more than one run may use"
            )
            return RunResult(id=code.id, status="stopped", reason=said)
        return None

    def absorb(self, job: FoldJob, result: RunResult) -> None:
        """Take a fold's result into its candidate, and decide how it goes on."""
        attempt = job.attempt
        attempt.running -= 1
        if not result.ok:
            attempt.queued.clear()
            self.say(attempt, "failed" if result.status != "stopped" else "stopped", reason(result))
            return
        folder = Path(self.bench.context.workspace.run(result.id))
        report = json.loads((folder / "report.json").read_text("utf-8"))
        attempt.raws[job.fold] = folder / "raw.npy"
        attempt.rounds[job.fold] = report["rounds"].get(attempt.member.name)
        attempt.seconds[job.fold] = result.seconds
        attempt.fit_seconds[job.fold] = report["seconds"]["fit"]
        attempt.score = self.bench.score(attempt.raws)
        if job.fold == 0 and len(attempt.raws) == 1:
            self.admit(attempt)
        elif len(attempt.raws) == len(self.bench.shadows.folds):
            self.say(attempt, "scored")
        else:
            self.say(attempt, "partial", attempt.note)

    def admit(self, attempt: Attempt) -> None:
        """After the first fold: go on with the other folds, or stop a weak candidate."""
        best = self.best()
        if not self.bench.better(attempt.value, self.bench.constant):
            self.say(attempt, "stopped", "no better than the best constant on its first fold")
        elif best and best is not attempt and self.lags(attempt, best):
            self.say(attempt, "stopped", f"far behind {best.id} on its first fold")
        else:
            attempt.queued = list(range(1, len(self.bench.shadows.folds)))
            self.say(attempt, "partial")

    def lags(self, attempt: Attempt, best: Attempt) -> bool:
        """Whether its first fold has gone too little of the way to the best one's."""
        if best.score is None or attempt.score is None:
            return False
        return self.bench.skill(attempt.score.folds[0], best.score.folds[0]) < ENOUGH_SKILL

    def best(self) -> Attempt | None:
        """The best candidate that beats the constant prediction, by score."""
        sign = 1 if self.bench.task.greater_is_better else -1
        able = [
            a
            for a in self.started
            if a.score is not None and self.bench.better(a.value, self.bench.constant)
        ]
        return max(able, key=lambda a: sign * a.value, default=None)

    def stop_late(self, jobs: dict[Future[RunResult], FoldJob]) -> None:
        """End runs that eat into the time of the final refit."""
        if jobs and self.time_left() < 0 and any(a.score for a in self.started):
            for job in jobs.values():
                job.attempt.queued.clear()
                self.repairer.stop(job.attempt.code)

    def say(self, attempt: Attempt, status: CandidateStatus, note: str = "") -> None:
        """Record a candidate's new state."""
        attempt.status, attempt.note = status, note
        journal = self.bench.context.journal
        journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
        if status == "failed":
            journal.append(Note(level="warning", text=f"{attempt.id} failed: {note}"))


def settled(future: Future[None]) -> bool:
    """Whether a side job is done; its exception, if any, is raised here."""
    if future.done():
        future.result()
        return True
    return False


def reason(result: RunResult) -> str:
    """Why a run gave nothing, in one line."""
    last = result.log_tail.strip().splitlines()[-1:] or [""]
    return result.reason or last[0] or f"it ended as {result.status}"
