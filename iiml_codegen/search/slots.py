"""What runs at once: each run has a core or more, those on a graphics card share its memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.estimating import TIMES_START, start_bytes
from iiml_codegen.search.specs import memory_limit

J = TypeVar("J")
R = TypeVar("R")
CARD_MARGIN = 1.25
"""Over the measured peak: what the driver and fragments of memory take."""
UNKNOWN_SHARE = 0.3
UNKNOWN_BYTES = 12 * 2**30
"""What a run may take of a card before one was measured: that share, but no more than that."""


@dataclass(frozen=True)
class Need:
    """What one run takes: cores, bytes of the card's memory, and bytes of the machine's."""

    cores: int = 1
    card: int = 0
    memory: int = 0


@dataclass(frozen=True)
class Machine:
    """What there is: cores, the memory of one card in bytes (0 without one), and what runs share.

    `memory` is 0 where nobody counts it.
    """

    cores: int
    card: int = 0
    memory: int = 0

    def need(self, attempt: Attempt) -> Need:
        """What a run of a candidate takes, by what one of its runs took."""
        cores = min(attempt.cores, self.cores)
        least = attempt.peak_bytes or TIMES_START * start_bytes(attempt.code.model)
        memory = min(self.memory, max(least, self.memory // self.cores))
        if not self.card or not attempt.uses_card:
            return Need(cores, 0, memory)
        unknown = min(int(UNKNOWN_SHARE * self.card), UNKNOWN_BYTES)
        known = int(attempt.card_bytes * CARD_MARGIN) if attempt.card_bytes else unknown
        return Need(cores, min(known, self.card), memory)

    def lanes_for(self, attempt: Attempt) -> int:
        """How many runs of a candidate go on at once where there are no others."""
        need = self.need(attempt)
        card = self.card // need.card if need.card else self.cores
        memory = self.memory // need.memory if need.memory else self.cores
        return max(1, min(self.cores // need.cores, card, memory))


def machine_of(bench: Bench) -> Machine:
    """What runs of a solve share; the memory of a cluster is for it to share out."""
    memory = memory_limit(bench) * bench.slots if bench.lanes == bench.slots else 0
    return Machine(bench.lanes, bench.context.card_bytes, memory)


class Slots(Generic[J, R]):
    """Jobs under way on the threads of a pool; for one thread that starts and collects them.

    `in_order`: results come in the order of the starts, whichever ends first, so that what is
    decided after each does not depend on the clock.
    """

    def __init__(self, pool: ThreadPoolExecutor, machine: Machine, *, in_order: bool) -> None:
        self.pool = pool
        self.machine = machine
        self.in_order = in_order
        self.jobs: dict[Future[R], tuple[J, Need]] = {}
        self.side: Future[bool] | None = None
        """Something with a core of its own beside the jobs."""

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self.jobs) or self.has_side

    @property
    def has_side(self) -> bool:
        """Whether the side work goes on."""
        return self.side is not None and not self.side.done()

    def fits(self, need: Need) -> bool:
        """Whether there is room for one more run."""
        if self.in_order and self.has_side:
            return False
        taken = [other for _, other in self.jobs.values()]
        cores = sum(other.cores for other in taken) + self.has_side
        card = sum(other.card for other in taken)
        memory = sum(other.memory for other in taken)
        free = self.machine.card - card >= need.card or not need.card
        room = self.machine.memory - memory >= need.memory or not need.memory
        return cores + need.cores <= self.machine.cores and free and room

    def start(self, job: J, need: Need, work: Callable[[J], R]) -> None:
        """Begin a job."""
        self.jobs[self.pool.submit(work, job)] = (job, need)

    def start_side(self, work: Callable[[], bool]) -> None:
        """Begin the side work."""
        self.side = self.pool.submit(work)

    def finished(self, seconds: float) -> list[tuple[J, R]]:
        """Wait so long for something to end; the jobs that did, with what came of them."""
        first = list(self.jobs)[:1] if self.in_order else list(self.jobs)
        waited: list[Future[Any]] = [*first]
        if self.side is not None and self.has_side:
            waited = [self.side] if self.in_order else [*first, self.side]
        done, _ = wait(waited, seconds, FIRST_COMPLETED)
        ended = [future for future in first if future in done]
        return [(self.jobs.pop(future)[0], future.result()) for future in ended]

    def at_work(self) -> list[J]:
        """The jobs under way."""
        return [job for job, _ in self.jobs.values()]
