"""What a result means for its candidate: a score, a verdict, an end. For one thread alone."""

from __future__ import annotations

from iiml_codegen.domain.candidate import CandidateStatus
from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import from_json
from iiml_codegen.search.admission import best_of, weakness
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.cheaper import made_cheaper
from iiml_codegen.search.jobs import TROUBLE, Done, Job
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.measured import FoldReport
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import Sampled
from iiml_codegen.search.specs import memory_limit, text_of
from iiml_codegen.search.time_left import TimeLeft


class Results:
    """Takes results into the candidates of an exploration, and decides how each goes on."""

    def __init__(
        self,
        bench: Bench,
        time: TimeLeft,
        repairer: Repairer,
        gate: LeakGate | None,
        started: list[Attempt],
    ) -> None:
        self.bench = bench
        self.time = time
        self.repairer = repairer
        self.gate = gate
        self.started = started

    def absorb(self, job: Job, done: Done) -> None:
        """Take a result into its candidate."""
        attempt, result = job.attempt, done.result
        attempt.running -= 1
        if self.gate is not None:
            self.gate.saw(attempt.code, result)
        self.time.saw(attempt, result)
        if job.what == "leaks":
            self.after_leaks()
        elif not result.ok:
            self.after_failure(attempt, result)
        elif job.what != "fold":
            self.after_trial(attempt, done.sampled)
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

    def after_failure(self, attempt: Attempt, result: RunResult) -> None:
        """A run that gave nothing ends its candidate; what few rows told about it stays."""
        late = result.status == "stopped" or (result.status == "timeout" and attempt.sampled)
        self.end(attempt, "stopped" if late else "failed", reason(result))

    def after_trial(self, attempt: Attempt, sampled: Sampled | None) -> None:
        """Go on with the first fold, unless it would take too long or too much memory."""
        if attempt.status in ("failed", "stopped"):
            return
        attempt.queued = [0]
        if sampled is None:
            return
        attempt.estimate = sampled.estimate.seconds
        attempt.encoding = sampled.estimate.encoding
        attempt.predicting = sampled.estimate.predicting
        attempt.sampled, attempt.sample_rows = sampled.score, sampled.rows
        attempt.last_sample = sampled.run
        attempt.peak_bytes = sampled.estimate.peak_bytes
        made_cheaper(self.bench, self.time, self.repairer, attempt)
        need = attempt.peak_bytes / 2**30
        seconds = self.time.expected(attempt)
        said = f"{attempt.id}: by its sample run, one fold should take about"
        self.note(f"{said} {seconds:.0f} s and {need:.1f} GiB")
        if attempt.peak_bytes > memory_limit(self.bench) * self.bench.slots:
            self.end(attempt, "stopped", f"it should need {need:.1f} GiB, more than there is")
        elif any(a.score for a in self.started) and not self.time.affords(attempt):
            attempt.queued, attempt.wants_more = [], self.time.affords_seconds(sampled.on_more)
            if not attempt.wants_more:
                took = f"one fold should take {seconds:.0f} s"
                self.end(attempt, "stopped", f"{took}; that is too long for what is left")

    def after_fold(self, attempt: Attempt, fold: int, result: RunResult) -> None:
        """Score what there is; a weak candidate stops after its first fold."""
        folder = self.bench.context.workspace.run(result.id)
        try:
            report = from_json((folder / "report.json").read_bytes(), FoldReport)
            raw = folder / "raw.npy"
            attempt.take(fold, text_of(result.id), raw, report, result.seconds)
            attempt.went_on = self.bench.context.resumed and attempt.code.goes_on()
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

    def end(self, attempt: Attempt, status: CandidateStatus, note: str) -> None:
        """A candidate goes no further; a fold that ran into another's end changes nothing."""
        attempt.queued.clear()
        attempt.wants_more = False
        if attempt.status not in ("failed", "stopped"):
            self.say(attempt, status, note)

    def say(self, attempt: Attempt, status: CandidateStatus, note: str = "") -> None:
        """Record a candidate's new state."""
        attempt.status, attempt.note = status, note
        journal = self.bench.context.journal
        journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
        if status == "failed":
            journal.append(Note(level="warning", text=f"{attempt.id} failed: {note}"))

    def note(self, text: str) -> None:
        """Tell the reader of the journal."""
        self.bench.context.journal.append(Note(level="information", text=text))


def reason(result: RunResult) -> str:
    """Why a run gave nothing, in one line."""
    if result.status == "stopped":
        return "stopped before its end"
    last = result.log_tail.strip().splitlines()[-1:] if result.status == "failed" else []
    return next(filter(None, (*last, result.reason)), f"it ended as {result.status}")
