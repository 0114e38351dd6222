"""How long a call may go on: blocking work runs in a thread of its own, and is left in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from iiml_codegen.backbones.backbone import BackboneError

T = TypeVar("T")
LOOK_SECONDS = 0.1


class Patience:
    """The end of one call: when its seconds are over, when we are stopped, or when nobody waits."""

    def __init__(self, seconds: float, stopped: Callable[[], bool], who: str) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._stopped = stopped
        self._left_alone = threading.Event()
        self.who = who

    @property
    def left(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._until - time.monotonic())

    def check(self) -> None:
        """Raises `BackboneError` if the call has to end now."""
        if self._left_alone.is_set() or self._stopped():
            raise BackboneError("stopped", f"{self.who} was not waited for any longer")
        if not self.left:
            raise BackboneError(
                "timeout",
                f"{self.who} gave no whole answer within {self._seconds:.0f} seconds",
                hint="raise its timeout in the user configuration, or take a faster model",
            )

    def apart(self, work: Callable[[], T]) -> T:
        """What `work` gives or raises; it is left alone, not waited for, once patience ends.

        Whoever does the work asks `check` now and then, so that its thread ends too.
        """
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(work())
            except BaseException as error:  # noqa: BLE001  (handed over to who waits)
                answer.set_exception(error)

        threading.Thread(target=run, daemon=True, name=f"asks {self.who}").start()
        try:
            while True:
                self.check()
                try:
                    return answer.result(timeout=min(LOOK_SECONDS, self.left))
                except TimeoutError:
                    if answer.done():  # the work's own
                        return answer.result()
        finally:
            self._left_alone.set()
