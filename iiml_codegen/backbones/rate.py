"""Not faster than an account allows: requests and tokens a minute, and so many at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from iiml_codegen.backbones.backbone import Backbone, BackboneError, Reply, Request
from iiml_codegen.backbones.retrying import Pause, pause_until_stopped
from iiml_codegen.backbones.trimming import tokens
from iiml_codegen.backbones.wrapping import Wrapped

MINUTE = 60.0
LOOK_SECONDS = 0.1


@dataclass
class Asked:
    """A question of the last minute, and its tokens: expected first, counted afterwards."""

    at: float
    tokens: int


class RateLimited(Wrapped):
    """A backbone whose questions wait for their turn."""

    def __init__(
        self,
        backbone: Backbone,
        *,
        requests: float | None = None,
        tokens: float | None = None,
        parallel: int | None = None,
        pause: Pause = pause_until_stopped,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(backbone)
        self._requests = requests
        self._tokens = tokens
        self._places = threading.Semaphore(parallel) if parallel else None
        self._pause = pause
        self._clock = clock
        self._asked: deque[Asked] = deque()
        self._lock = threading.Lock()

    def ask(self, request: Request, *, seconds: float, stopped: Callable[[], bool]) -> Reply:
        """Answer one question, once there is room for it; the waiting counts as asking."""
        until = self._clock() + seconds
        with self._place(until, stopped):
            asked = self._turn(self._expected(request), until, stopped)
            left = max(0.0, until - self._clock())
            reply = self._backbone.ask(request, seconds=left, stopped=stopped)
            with self._lock:
                asked.tokens = reply.usage.input + reply.usage.output
            return reply

    def _turn(self, expected: int, until: float, stopped: Callable[[], bool]) -> Asked:
        """Wait for room within the minute. Raises `BackboneError` if it comes too late."""
        while True:
            with self._lock:
                wait = self._wait(expected)
                if not wait:
                    self._asked.append(Asked(self._clock(), expected))
                    return self._asked[-1]
            if self._clock() + wait >= until:
                raise BackboneError(
                    "rate",
                    f"the limit per minute that is set for {self.name} is used up",
                    hint="raise requests_per_minute or tokens_per_minute, if the account has more",
                    retry_after=wait,
                )
            self._pause(wait, stopped)
            self._unless_stopped(stopped)

    def _wait(self, expected: int) -> float:
        """Seconds until there is room; what is more than a minute's tokens waits for all of it."""
        now = self._clock()
        while self._asked and self._asked[0].at <= now - MINUTE:
            self._asked.popleft()
        kept = list(self._asked)
        while kept and not self._fits(kept, expected):
            oldest = kept.pop(0)
            if self._fits(kept, expected) or not kept:
                return max(0.001, oldest.at + MINUTE - now)
        return 0.0

    def _fits(self, others: list[Asked], expected: int) -> bool:
        requests = self._requests is None or len(others) + 1 <= max(1.0, self._requests)
        used = sum(one.tokens for one in others)
        return requests and (self._tokens is None or used + expected <= self._tokens)

    def _expected(self, request: Request) -> int:
        return sum(tokens(message.text) for message in request.messages) + request.max_output

    @contextmanager
    def _place(self, until: float, stopped: Callable[[], bool]) -> Iterator[None]:
        """One of the places for questions at once."""
        if self._places is None:
            yield
            return
        while not self._places.acquire(timeout=LOOK_SECONDS):
            self._unless_stopped(stopped)
            if self._clock() >= until:
                raise BackboneError("rate", f"{self.name} is busy with other questions")
        try:
            yield
        finally:
            self._places.release()

    def _unless_stopped(self, stopped: Callable[[], bool]) -> None:
        if stopped():
            raise BackboneError("stopped", f"{self.name} was not waited for any longer")
