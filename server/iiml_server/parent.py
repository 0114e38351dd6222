"""The editor's process: the daemon ends when it is gone, even if nobody closes our pipe."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psutil

log = logging.getLogger("iiml.server")
LOOK_SECONDS = 2.0


def watch_parent(pid: int | None, gone: Callable[[], None]) -> None:
    """Call `gone`, on a thread of its own, once the process ends.

    A number that is nobody's here belongs to another machine or container: it is not watched.
    """
    if pid is None:
        return
    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError):
        log.info("the editor's process %s is not on this machine", pid)
        return
    threading.Thread(target=_watch, args=(process, gone), name="iiml-parent", daemon=True).start()


def _watch(process: psutil.Process, gone: Callable[[], None]) -> None:
    while _alive(process):
        time.sleep(LOOK_SECONDS)
    gone()


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False
