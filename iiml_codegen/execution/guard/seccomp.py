"""Seccomp through ctypes: no sockets to other machines, for native code and child processes too.

Linux on 64-bit x86 and Arm (https://docs.kernel.org/userspace-api/seccomp_filter.html). Landlock
refuses connections by TCP alone, and those from Linux 6.7 on; no rule of it knows UDP. Sockets of
this machine's own stay possible: processes talk to their children by them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SET_NO_NEW_PRIVS = 38
SET_FILTER = 1
WITHOUT_SLOWDOWN = 1 << 2
"""SECCOMP_FILTER_FLAG_SPEC_ALLOW: kernels before 5.16 would slow a filtered process down."""
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
UNIX, NETLINK = 1, 16
"""Families of sockets that stay: of processes on this machine, and to ask the kernel."""
OTHER_CALLS = 0x40000000
"""Numbers from here on are those of the x32 ABI, by which a filter could be passed by."""
IO_URING_SETUP = 425
"""What goes through such a ring is seen by no filter."""


@dataclass(frozen=True)
class Calls:
    """How an architecture numbers itself, and the calls in question."""

    architecture: int
    socket: int
    seccomp: int


CALLS = {
    "x86_64": Calls(0xC000003E, socket=41, seccomp=317),
    "aarch64": Calls(0xC00000B7, socket=198, seccomp=277),
}
Instruction = tuple[int, int, int, int]
"""Code, lines to skip if it holds, lines to skip if not, and a number (`struct sock_filter`)."""


class Program(ctypes.Structure):
    """A filter as the kernel takes it (`struct sock_fprog`)."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def keep_to_this_machine() -> bool:
    """Refuse sockets to others in this process and its children; False where nobody can."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return False
    calls = CALLS.get(os.uname().machine)
    try:
        return calls is not None and _install(ctypes.CDLL(None), calls)
    except (OSError, AttributeError):
        return False


def _install(library: ctypes.CDLL, calls: Calls) -> bool:
    lines = list(_filter(calls))
    text = b"".join(struct.pack("=HBBI", *line) for line in lines)
    program = Program(len(lines), text)
    if library.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    arguments = (SET_FILTER, WITHOUT_SLOWDOWN, ctypes.byref(program))
    return int(library.syscall(calls.seccomp, *arguments)) == 0


def _filter(calls: Calls) -> Iterator[Instruction]:
    """Refuse other architectures' calls, rings, and sockets of other families; allow the rest."""
    yield (LOAD, 0, 0, ARCHITECTURE_AT)
    yield from _unless(EQUAL, calls.architecture, REFUSE)
    yield (LOAD, 0, 0, NUMBER_AT)
    yield from _where(AT_LEAST, OTHER_CALLS, REFUSE)
    yield from _where(EQUAL, IO_URING_SETUP, REFUSE)
    yield from _unless(EQUAL, calls.socket, ALLOW)
    yield (LOAD, 0, 0, FIRST_ARGUMENT_AT)
    yield from _where(EQUAL, UNIX, ALLOW)
    yield from _where(EQUAL, NETLINK, ALLOW)
    yield (RETURN, 0, 0, REFUSE)


def _where(test: int, number: int, answer: int) -> Sequence[Instruction]:
    """Answer where the test holds."""
    return ((test, 0, 1, number), (RETURN, 0, 0, answer))


def _unless(test: int, number: int, answer: int) -> Sequence[Instruction]:
    """Answer where the test does not hold."""
    return ((test, 1, 0, number), (RETURN, 0, 0, answer))
