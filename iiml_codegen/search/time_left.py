"""What there is time for: folds, whole candidates, fits that stop by themselves."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Callable, Sequence

from iiml_codegen.domain.run import RunResult
from iiml_codegen.execution.runner import reusable
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.order import Order
from iiml_codegen.search.slots import machine_of
from iiml_codegen.search.specs import encoded_file, run_id

SLACK = 1.3
SHARE_OF_LIMIT = 0.8
"""Of the time that ends a run: what its fit may take, as it starts and predicts, too."""
SHARE_OF_SAMPLE = 0.5
"""Of what a fit took on the sample: what it may take on all rows at least."""
LEAST_FIT_SECONDS = 5.0
STARTING_SECONDS = 6.0
LAST_RUNS = 6
LEAST_CPU_SECONDS = 1.0
MOST_SCALE = 2.0
"""By what an estimate changes at most when the machine became busier, or less busy."""


class TimeLeft:
    """Time for exploring: what the budget has, less what the final refit needs.

    A budget in candidates asks no clock, until the budget in seconds is over.
    """

    def __init__(
        self,
        bench: Bench,
        order: Order,
        reserve: Callable[[list[Attempt]], float],
        started: list[Attempt],
    ) -> None:
        self.bench = bench
        self.order = order
        order.limited = self.limited
        self.reserve = reserve
        self.started = started
        self.counted = bench.context.options.candidates > 0
        self.loads: deque[float] = deque(maxlen=LAST_RUNS)

    def saw(self, attempt: Attempt, result: RunResult) -> None:
        """Note how busy others keep the machine, and how many cores a candidate really takes."""
        if self.counted or result.cpu_seconds < LEAST_CPU_SECONDS:
            return
        attempt.cores = max(1, round(result.cpu_seconds / result.seconds))
        if not (attempt.uses_card and self.bench.context.card_bytes):
            attempt.load = max(1.0, result.seconds / result.cpu_seconds)
            self.loads.append(attempt.load)

    @property
    def load(self) -> float:
        """Seconds that pass while a run computes for one, by the last runs."""
        return statistics.median(self.loads) if self.loads else 1.0

    def seconds(self) -> float:
        """Seconds for exploring."""
        return self.bench.seconds_left - self.reserve(self.started)

    def affords(self, attempt: Attempt, folds: int = 1) -> bool:
        """Whether so many folds of it, one after the other, fit in; a first one always does."""
        if self.is_done(attempt) or not any(a.score or a.running for a in self.started):
            return self.bench.seconds_left > 0
        return self.affords_again(attempt, folds)

    def affords_again(self, attempt: Attempt, folds: int) -> bool:
        """Whether so many folds like those of a candidate fit in."""
        if self.counted:
            return self.seconds() > 0
        expected = self.expected(attempt)
        if attempt.takes_seconds and expected > self.bench.wall_limit():
            return False
        if attempt.takes_seconds and not attempt.seconds and self.is_cut_short(attempt):
            return False
        return expected * folds * SLACK < self.seconds()

    def affords_seconds(self, seconds: float | None) -> bool:
        """Whether one run of so many seconds fits in, by the limit of runs, too."""
        most = min(self.seconds(), self.bench.wall_limit())
        return seconds is not None and seconds * SLACK < most

    def affords_rest(self, attempt: Attempt) -> bool:
        """Whether all its other folds fit in: beside a whole candidate, some are worth nothing."""
        if not whole_ones(self.bench, self.started):
            return self.affords(attempt)
        return self.affords(attempt, math.ceil(len(attempt.queued) / self.lanes(attempt)))

    def lanes(self, attempt: Attempt) -> int:
        """How many folds of a candidate go on at once."""
        return machine_of(self.bench).lanes_for(attempt)

    def expected(self, attempt: Attempt) -> float:
        """What one fold should take, the first one with what is encoded for all of them."""
        seconds = self.order.fold_seconds(attempt, self.started)
        if attempt.load:
            seconds *= min(MOST_SCALE, max(1 / MOST_SCALE, self.load / attempt.load))
        return seconds + self.encoding(attempt)

    def is_cut_short(self, attempt: Attempt) -> bool:
        """Whether a fit may take much less than it took on the sample, and would learn less."""
        sampled = attempt.last_sample.seconds.get("fit", 0.0) if attempt.last_sample else 0.0
        return self.fit_limit(attempt) < SHARE_OF_SAMPLE * sampled

    def limited(self, attempt: Attempt, seconds: float) -> float:
        """Seconds of a fold: where its fit stops by itself, no more than that may take."""
        if self.counted or attempt.seconds or not attempt.takes_seconds:
            return seconds
        return min(seconds, self.fit_limit(attempt) + STARTING_SECONDS + attempt.predicting)

    def encoding(self, attempt: Attempt) -> float:
        """What encoding all rows should take before its next fold; another may have done it."""
        if attempt.seconds or not attempt.encoding:
            return 0.0
        return 0.0 if encoded_file(self.bench, attempt.code).exists() else attempt.encoding

    def fit_seconds(self, attempt: Attempt) -> float | None:
        """What the next fit of a candidate may take, if it can stop by itself."""
        return self.fit_limit(attempt) if attempt.takes_seconds and not self.counted else None

    def fit_limit(self, attempt: Attempt) -> float:
        """Seconds after which a fit should stop, so that its folds become whole.

        The first fold goes by itself, the others as many at once as there is room for, and as long
        as one of these turns is left for other candidates.
        """
        left, first = self.seconds(), not attempt.raws
        others = len(self.bench.shadows.folds) - len(attempt.raws) - first
        turns = max(1, first + math.ceil(others / self.lanes(attempt)))
        share = left / (SLACK * (turns + 1))
        wanted = max(share, SLACK * max(attempt.fit_seconds.values(), default=0.0))
        most = SHARE_OF_LIMIT * min(self.bench.wall_limit(), left) - STARTING_SECONDS / 2
        most -= max(attempt.predicting, *attempt.predict_seconds.values(), 0.0)
        return max(LEAST_FIT_SECONDS, min(wanted, most))

    def is_done(self, attempt: Attempt) -> bool:
        """Whether its next fold was run before the solve was interrupted, and costs nothing now."""
        fold, context = attempt.queued[0] if attempt.queued else 0, self.bench.context
        run = context.workspace.run(run_id(attempt.code, f"fold {fold}"))
        return context.resumed and reusable(run) is not None


def whole_ones(bench: Bench, attempts: Sequence[Attempt]) -> list[Attempt]:
    """The candidates that are scored on all folds."""
    folds = len(bench.shadows.folds)
    return [a for a in attempts if len(a.raws) == folds and a.status == "scored"]
