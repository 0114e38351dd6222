"""Landlock through ctypes: the kernel refuses, for native code and child processes too.

Linux only (https://docs.kernel.org/userspace-api/landlock.html). Listing folders stays possible:
only contents, changes and connections by TCP (from Linux 6.7 on) are refused here; `seccomp.py`
refuses other connections, the rest is the audit hook's.
"""

from __future__ import annotations

import ctypes
import os
import sys

from .policy import DEVICES, Policy

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
RULE_PATH_BENEATH = 1
SET_NO_NEW_PRIVILEGES = 38
LOWEST_VERSION = 2
"""Version 1 refuses every rename across folders, also between writable ones."""

WRITE_FILE, READ_FILE = 1 << 1, 1 << 2
REFER, TRUNCATE = 1 << 13, 1 << 14
CHANGES = sum(1 << bit for bit in range(4, 13)) | WRITE_FILE | REFER
CONNECT_TCP = 1 << 1
SCOPE_NAMED_SOCKETS, SCOPE_SIGNALS = 1 << 0, 1 << 1
"""Sockets whose names are no files, and signals: only among our own processes."""
MOST_RULES = 20_000


class Ruleset(ctypes.Structure):
    """What is refused unless a rule allows it (`struct landlock_ruleset_attr`)."""

    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class PathBeneath(ctypes.Structure):
    """One rule (`struct landlock_path_beneath_attr`)."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def restrict(policy: Policy) -> bool:
    """Bind this process and its children to the policy; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        library = ctypes.CDLL(None, use_errno=True)
        return _restrict(library, policy)
    except (OSError, AttributeError):
        return False


def _restrict(library: ctypes.CDLL, policy: Policy) -> bool:
    version = int(library.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION))
    roots = policy.readable_roots()
    if version < LOWEST_VERSION or len(roots) > MOST_RULES:
        return False
    changes = CHANGES | (TRUNCATE if version >= 3 else 0)
    handle = _create(library, version, changes | READ_FILE)
    try:
        for path in roots:
            _allow(library, handle, path, READ_FILE)
        for path in [*policy.writable, *DEVICES]:
            _allow(library, handle, path, changes | READ_FILE)
        _check(library.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _check(library.syscall(RESTRICT_SELF, handle, 0))
    finally:
        os.close(handle)
    return True


def _create(library: ctypes.CDLL, version: int, accesses: int) -> int:
    rules = Ruleset(
        fs=accesses,
        net=CONNECT_TCP if version >= 4 else 0,
        scoped=SCOPE_NAMED_SOCKETS | SCOPE_SIGNALS if version >= 6 else 0,
    )
    fields = 1 + (version >= 4) + (version >= 6)
    size = ctypes.c_size_t(8 * fields)
    return _check(library.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0))


def _allow(library: ctypes.CDLL, handle: int, path: str, accesses: int) -> None:
    """Allow accesses at a path and below; a path that is gone or closed to us needs no rule."""
    if sys.platform != "linux":
        return
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            accesses &= WRITE_FILE | READ_FILE | TRUNCATE
        rule = PathBeneath(allowed=accesses, folder=opened)
        _check(library.syscall(ADD_RULE, handle, RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(opened)


def _check(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return int(answer)
