"""The budget: how much time a solve may take, what is left, and who may still start something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Budget:
    """Seconds of wall time, counted on the monotonic clock from its making.

    What is *reserved* belongs to a later step (the final refit, the submission): it is still
    `left()`, but no longer `available()` to anything else.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = seconds
        self._clock = clock
        self.started = clock()
        self._reserved = 0.0
        self._lock = threading.Lock()

    def used(self) -> float:
        """Seconds since the start."""
        return self._clock() - self.started

    def left(self) -> float:
        """Seconds until the end, never below 0."""
        return max(0.0, self.total - self.used())

    def fraction_used(self) -> float:
        """The share of the budget that is gone; 1 or more when it is spent."""
        return self.used() / self.total if self.total > 0 else 1.0

    def available(self) -> float:
        """Seconds that a step without a reservation may use, never below 0."""
        return max(0.0, self.left() - self._reserved)

    def affords(self, seconds: float) -> bool:
        """Whether a step that takes about so long may start without eating a reservation."""
        return seconds <= self.available()

    @contextmanager
    def reserve(self, seconds: float) -> Iterator[None]:
        """Keep seconds for later, for as long as the block runs."""
        with self._lock:
            self._reserved += seconds
        try:
            yield
        finally:
            with self._lock:
                self._reserved -= seconds

    def limit(self, seconds: float) -> float:
        """A wall limit for a step: `seconds`, but not beyond what is available."""
        return min(seconds, self.available())
