"""A process and everything it started: measured together, ended together."""

from __future__ import annotations

import os
import signal
import sys
import time

import psutil

LOOK_SECONDS = 1.0
"""Between looks for new children: each reads something of every process of the machine."""


class ProcessTree:
    """The tree below a process that leads its own group.

    Processes once seen stay members when their parent dies, so that nothing outlives the run.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seen: dict[int, psutil.Process] = {}
        self._next_look = 0.0
        self.peak_bytes = 0
        self.measure()

    def measure(self) -> int:
        """Bytes of memory in use now by the whole tree; keeps the peak.

        Resident memory for one process; for several the proportional share, where the system
        tells it, because forked processes share most of their pages.
        """
        if time.monotonic() >= self._next_look:
            self._look()
            self._next_look = time.monotonic() + LOOK_SECONDS
        living = list(self._seen.values())
        used = sum(_memory(process, shared=len(living) > 1) for process in living)
        self.peak_bytes = max(self.peak_bytes, used, *map(_own_peak, living))
        return used

    def kill(self) -> None:
        """End every member at once; waits for all but the first, whose parent collects it."""
        self._look()
        _kill_group(self._pid)
        for process in self._seen.values():
            _kill(process)
        others = [process for pid, process in self._seen.items() if pid != self._pid]
        psutil.wait_procs(others, timeout=5)

    def _look(self) -> None:
        """Find the members among all processes; a number that was given to another is none."""
        everybody = list(psutil.process_iter(["ppid"]))
        members = {self._pid} | {pid for pid, one in self._seen.items() if one.is_running()}
        while born := {
            one.pid for one in everybody if one.info["ppid"] in members and one.pid not in members
        }:
            members |= born
        self._seen = {one.pid: one for one in everybody if one.pid in members}


def largest_child() -> int:
    """Bytes of resident memory that the largest ended child had at its peak.

    The system counts it, so that runs too short to be measured have a peak too. Windows does not;
    there each look takes the peak of the living.
    """
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


def children_seconds() -> float:
    """Seconds that ended children, with those they waited for, kept processors busy.

    0 on Windows, which does not count them.
    """
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(process: psutil.Process, *, shared: bool) -> int:
    """Bytes that a process uses; 0 for one that is gone, or that we may not look at."""
    if shared and sys.platform == "linux":
        try:
            return int(process.memory_full_info().pss)
        except psutil.NoSuchProcess:
            return 0
        except psutil.AccessDenied:
            pass
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _own_peak(process: psutil.Process) -> int:
    """The most that one process ever used, where the system keeps that of the living: Windows."""
    if sys.platform != "win32":
        return 0
    try:
        return int(process.memory_info().peak_wset)
    except psutil.Error:
        return 0


def _kill_group(group: int) -> None:
    if sys.platform == "win32":  # no groups: the tree is all there is
        return
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return
