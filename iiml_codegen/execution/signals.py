"""Signals as wishes: which of them ask a process to stop, and which are none of its."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` when the system or a person asks this process to end; the main thread's to call.

    A terminal that closes asks nothing of a process that was started to outlive it. On Windows
    only the break key reaches us, as nobody can send a request to end there: that ends at once.
    """

    def obey(*_: object) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, obey)
    signal.signal(signal.SIGINT, obey)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, obey)
    else:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def interrupted_by_termination() -> Iterator[None]:
    """Within the block a request to end raises `KeyboardInterrupt`, as Ctrl-C does.

    So everything is cleaned up on the way out; further requests do not disturb that. For commands
    that run in the main thread; elsewhere, and on Windows, nothing changes.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
