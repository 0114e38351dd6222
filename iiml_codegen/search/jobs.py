"""What a thread of the pool does for a candidate: a run of it, its leak tests, or its climb."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import msgspec

from iiml_codegen.domain.run import RunResult, RunSpec, RunStatus
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.encoding import encode_once
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.leak_trial import LEAK_ROWS
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import Sampled, few_rows_shadow, run_sample
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import fold_spec
from iiml_codegen.search.yours import why_not

MEMORY_MARGIN = 1.2
"""Over an estimate: a run that takes more is ended."""
TROUBLE = (IimlError, OSError, KeyError, msgspec.MsgspecError)
"""What a candidate may run into: its end, but not the solve's."""


@dataclass(frozen=True)
class Job:
    """One thing to do for a candidate; a fold has its number.

    `trial`: assemble it, and run the sample, or first `few` rows of it; `climb`: before that the
    ladder, as a person wrote it.
    `fit_seconds` is what a fit that can stop by itself may take, `reserve` what was kept for the
    final refit when it began.
    """

    attempt: Attempt
    what: Literal["trial", "climb", "fold", "leaks"]
    fold: int = 0
    fit_seconds: float | None = None
    few: bool = False
    reserve: float = 0.0


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    result: RunResult
    sampled: Sampled | None = None


class Jobs:
    """Does jobs, with repairs where they fail; threads share it."""

    def __init__(
        self, bench: Bench, repairer: Repairer, sample: Shadow | None, gate: LeakGate | None
    ) -> None:
        self.bench = bench
        self.repairer = repairer
        self.sample = sample
        self.gate = gate
        self.few: Shadow | None = None
        self.built = False
        self.building = threading.Lock()

    def perform(self, job: Job) -> Done:
        """Do a job; expected trouble is how it ended."""
        try:
            if job.what == "leaks":
                return self.leaks(job)
            if job.what == "fold":
                return self.fold(job)
            return self.trial(job)
        except TROUBLE as error:
            return Done(RunResult(id=job.attempt.id, status="failed", reason=str(error)))

    def leaks(self, job: Job) -> Done:
        """The leak tests of a candidate; their verdict is the gate's."""
        code = job.attempt.code
        if self.gate is not None:
            part = LEAK_ROWS / max(LEAK_ROWS, self.bench.shadows.train_rows)
            run_seconds = job.attempt.expected_seconds() * part
            self.gate.test(code, self.sample, run_seconds, job.reserve)
        return Done(RunResult(id=code.id, status="ok"))

    def fold(self, job: Job) -> Done:
        """One fold of a candidate; what it encodes is encoded for all of them first."""
        code, shadow = job.attempt.code, self.bench.shadow(job.fold)
        encoded = encode_once(self.bench, code, self.repairer)
        if encoded is not None and not encoded.ok:
            return Done(encoded)

        def make_spec() -> RunSpec:
            spec = fold_spec(self.bench, code, shadow)
            return self.with_room(job, spec)

        return Done(self.repairer.run(code, make_spec))

    def with_room(self, job: Job, spec: RunSpec) -> RunSpec:
        """The run with its time for fitting, and the memory that it should take."""
        size = max(spec.memory_bytes, int(job.attempt.peak_bytes * MEMORY_MARGIN))
        return msgspec.structs.replace(spec, fit_seconds=job.fit_seconds, memory_bytes=size)

    def trial(self, job: Job) -> Done:
        """Up the ladder if a person wrote it, assembled, and run on the sample if there is one."""
        code = job.attempt.code
        if job.what == "climb" and (why := why_not(self.bench, code, self.sample, self.repairer)):
            status: RunStatus = "stopped" if self.repairer.halted(code) else "failed"
            return Done(RunResult(id=code.id, status=status, reason=why))
        code.write()
        few = self.few_rows() if job.few else None
        sample = few or self.sample
        if sample is None or job.attempt.parent is not None:
            return Done(RunResult(id=code.id, status="ok"))
        seconds, is_few, repairer = job.fit_seconds, few is not None, self.repairer
        return Done(*run_sample(self.bench, job.attempt, sample, repairer, seconds, few=is_few))

    def few_rows(self) -> Shadow | None:
        """The shadow of few rows, built when first asked for; None where there can be none."""
        with self.building:
            if not self.built:
                self.built = True
                with suppress(IimlError):  # too few rows for all folds or classes
                    self.few = few_rows_shadow(self.bench)
            return self.few
