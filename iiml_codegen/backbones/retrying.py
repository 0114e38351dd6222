"""Asking again after trouble that may pass: later each time, as the server asks, never too late."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from iiml_codegen.backbones.backbone import Backbone, BackboneError, Reply, Request
from iiml_codegen.backbones.wrapping import Wrapped

MOST_ATTEMPTS = 5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SHORTEST_CALL = 1.0
"""Seconds below which another attempt is not worth beginning."""
LOOK_SECONDS = 0.1

Pause = Callable[[float, Callable[[], bool]], None]


def pause_until_stopped(seconds: float, stopped: Callable[[], bool]) -> None:
    """Wait; being stopped ends it."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not stopped():
        time.sleep(min(left, LOOK_SECONDS))


def tell_nobody(text: str) -> None:
    """Where nobody wants to hear of retries."""


class Retrying(Wrapped):
    """A backbone that is asked again, with exponential back-off and jitter."""

    def __init__(
        self,
        backbone: Backbone,
        *,
        told: Callable[[str], None] = tell_nobody,
        pause: Pause = pause_until_stopped,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(backbone)
        self._told = told
        self._pause = pause
        self._clock = clock
        self._chance = chance

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question; the last trouble is raised when there is no more to try."""
        until = self._clock() + seconds
        attempt = 1
        while True:
            try:
                return self._backbone.ask(
                    request, seconds=max(0.0, until - self._clock()), stopped=stopped
                )
            except BackboneError as error:
                pause = self.pause_after(error, attempt)
                late = self._clock() + pause + SHORTEST_CALL > until
                if not error.retryable or attempt == MOST_ATTEMPTS or late or stopped():
                    raise
                self._told(f"{error}; asking again in {pause:.1f} s")
            self._pause(pause, stopped)
            if stopped():
                raise BackboneError("stopped", f"{self.name} was not asked again")
            attempt += 1

    def pause_after(self, error: BackboneError, attempt: int) -> float:
        """Seconds to wait: at least what the server asks for; otherwise half to all of the step."""
        step: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))
        if error.retry_after is not None:
            return error.retry_after + step * 0.25 * self._chance()
        return step * (0.5 + 0.5 * self._chance())
