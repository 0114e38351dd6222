"""Which candidates may become best: those whose code passed its leak tests, or had no time for it.

Each distinct code is tested once, within a share of the computing time; code that is exactly what
the plan becomes shares one verdict per prep, everything else is tested for itself, and always.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from iiml_codegen.domain.events import LeakTested
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.run import RunResult
from iiml_codegen.errors import IimlError
from iiml_codegen.implementation.modeling_coder import fill_constants
from iiml_codegen.integration.leak_tests import forbidden_reads
from iiml_codegen.integration.repairs.cheaper_settings import fewer_rounds
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.cheaper import DIVISORS
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.leak_trial import (
    candidate_outcomes,
    is_planned,
    leak_shadow,
    plan_outcomes,
    refusal,
)
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import short_hash
from iiml_codegen.search.tuning import untuned

SHARE = 0.05
MOST_CORES = 2
"""Of those whose time is counted: tests go one after the other, and must not outlast the budget."""
SHARE_OF_PLAN = 0.3
"""Of that share: what tests of plan and folder may take."""
FEWEST_RUNS = 4
"""A comparison takes two runs; with less time than for these tests only cost."""
MANY_ROWS = 50_000
LEAST_SECONDS = 30.0
MOST_OF_REST = 0.2
"""For code that is not the plan's own, whatever the share has left; of the time that is left."""


class LeakGate:
    """The verdicts of a solve. `due`, `begin` and `refused` belong to the exploration's thread."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._left = SHARE * bench.context.budget.total * min(bench.slots, MOST_CORES)
        self._begun: set[str] = set()
        self._verdicts: dict[str, LeakOutcome | None] = {}
        self._plan_seen = False
        self._planned: dict[str, bool] = {}
        self._turn = threading.Lock()

    def due(self, attempt: Attempt) -> bool:
        """Whether a candidate that is worth its other folds was not tested yet."""
        return attempt.admitted and self.key(attempt.code) not in self._begun

    def begin(self, attempt: Attempt) -> None:
        """Its test is about to run."""
        self._begun.add(self.key(attempt.code))

    def cleared(self, attempt: Attempt) -> bool:
        """Whether no test refused it; code that is not the plan's own waits for its tests.

        The plan's own may hand in a first submission meanwhile, as that should stand early.
        """
        key = self.key(attempt.code)
        if key in self._verdicts:
            return self._verdicts[key] is None
        return self.planned(attempt.code)

    def refused(self, attempt: Attempt) -> LeakOutcome | None:
        """The verdict that takes it out of the ranking."""
        return self._verdicts.get(self.key(attempt.code))

    def open(self, attempt: Attempt) -> bool:
        """Whether its tests are still to be made, or under way."""
        return attempt.admitted and not self.judged(attempt)

    def judged(self, attempt: Attempt) -> bool:
        """Whether its tests are over."""
        return self.key(attempt.code) in self._verdicts

    def planned(self, code: CandidateCode) -> bool:
        """Whether nobody but the plan wrote this code."""
        digest = code.digest()
        if digest not in self._planned:
            written = is_planned(self.bench, code) and wrote_model(self.bench, code)
            self._planned[digest] = code.blueprint is None and written
        return self._planned[digest]

    def key(self, code: CandidateCode) -> str:
        """What shares a verdict: prep alone where the plan wrote all of it."""
        return short_hash(code.prep) if self.planned(code) else code.digest()

    def test(
        self,
        code: CandidateCode,
        sample: Shadow | None = None,
        run_seconds: float = 0.0,
        reserve: float = 0.0,
    ) -> None:
        """Run the tests and record their verdicts; for a thread of the pool, one at a time.

        Of big tables the sample serves, as each further shadow of them costs reading all rows.
        `reserve` are the seconds that the final refit needs. Raises no error: what cannot be run,
        or would only run out of time, is skipped.
        """
        big = self.bench.shadows.train_rows > MANY_ROWS
        key = self.key(code)
        with self._turn:
            started = time.monotonic()
            try:
                self.test_plan(reserve)
                seconds = self.seconds_for(code, reserve)
                if seconds < FEWEST_RUNS * run_seconds:
                    raise IimlError(f"{seconds:.0f} s are too few for runs of {run_seconds:.0f} s")
                shadow = sample if sample and big else leak_shadow(self.bench)
                outcomes = candidate_outcomes(self.bench, code, shadow, seconds)
            except IimlError as error:
                outcomes = [LeakOutcome(code="IIML502", verdict="skipped", says=str(error))]
            self._left -= time.monotonic() - started
        self.tell(outcomes, code.id)
        self._verdicts[key] = refusal(outcomes)

    def test_plan(self, reserve: float) -> None:
        """Tests of plan and folder, once."""
        if not self._plan_seen:
            self._plan_seen = True
            seconds = min(SHARE_OF_PLAN * self._left, self.bench.seconds_left - reserve)
            self.tell(plan_outcomes(self.bench, seconds), None)

    def seconds_for(self, code: CandidateCode, reserve: float) -> float:
        """What the tests of one code may take."""
        left = self.bench.seconds_left
        seconds = min(self._left, left - reserve)
        if self.planned(code):
            return seconds
        return max(seconds, min(LEAST_SECONDS, MOST_OF_REST * left))

    def saw(self, code: CandidateCode, result: RunResult) -> None:
        """A run that read what it may not is on record by its rule."""
        if result.status == "forbidden":
            self.tell([forbidden_reads.judge([result])], code.id)

    def tell(self, outcomes: Sequence[LeakOutcome], candidate: str | None) -> None:
        """Write verdicts into the journal."""
        for outcome in outcomes:
            self.bench.context.journal.append(LeakTested(outcome=outcome, candidate=candidate))


def wrote_model(bench: Bench, code: CandidateCode) -> bool:
    """Whether the model is what its member of the plan becomes, or that with fewer rounds.

    What tuning makes of such a text by other constants is nobody else's, either.
    """
    try:
        member = bench.blueprint.member(untuned(code.member.name))
        written = bench.agents.modeling_coder.write(bench.blueprint, member)
        if code.base and code.model != fill_constants(code.base, code.changes):
            return False
    except (IimlError, KeyError):
        return False
    text = code.base or code.model
    return text == written or text in (fewer_rounds(written, n) for n in DIVISORS)
