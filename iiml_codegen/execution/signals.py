"""Signals as wishes: which of them ask a detached process to stop, and which are none of its."""

from __future__ import annotations

import signal
import sys
import threading


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
