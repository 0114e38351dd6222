"""The audit hook: refuses and records what the policy forbids, on every system.

Events are those of https://docs.python.org/3/library/audit_events.html. The hook sees what goes
through Python; what native code opens by itself only the kernel can refuse (`landlock.py`).
Servers on this machine are refused too: one run could tell labels to another. Windows makes pairs
of sockets by a connection to itself, so there they are not. Sockets that are files are used where
files may be written: those of multiprocessing lie in the run's folder, those of the system's
services do not. Names that are no files (`\\0name`) are anybody's.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from .policy import Policy, real

if sys.platform == "darwin":
    import fcntl

HARMLESS = frozenset(
    {"lscpu", "uname", "ldconfig", "nvidia-smi", "sysctl", "ldconfig.real", "fc-list"}
)
"""Programs that libraries start to learn about the machine."""
PRIVATE = frozenset({"environ", "mem", "fd", "root", "cwd", "map_files", "task"})
"""What `/proc` shows of a process: its variables, its memory, and ways into what it may read."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MOST_RECORDS = 200


class Hook:
    """Judges audit events; `record` is the file that refusals are appended to.

    `confined` says that the kernel holds child processes, which carry no hook, to the policy.
    """

    def __init__(self, policy: Policy, record: str, *, confined: bool) -> None:
        self._policy = policy
        self._record = record
        self._confined = confined
        self._recorded: set[str] = set()
        self._checks = self._table()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Called by the interpreter for every event; raises PermissionError to refuse."""
        check = self._checks.get(event)
        if check is not None:
            check(*arguments)

    def _table(self) -> dict[str, Callable[..., None]]:
        one = ("os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.chown", "shutil.rmtree")
        table: dict[str, Callable[..., None]] = dict.fromkeys(one, self._change)
        programs = ("subprocess.Popen", "os.posix_spawn", "_winapi.CreateProcess")
        table |= dict.fromkeys((*programs, "os.startfile", "os.startfile/2"), self._program)
        sending = ("socket.connect", "socket.sendto", "socket.sendmsg")
        table |= dict.fromkeys(sending, self._connect)
        names = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
        table |= dict.fromkeys(names, self._name)
        return table | {
            "socket.bind": self._bind,
            "socket.getnameinfo": self._name_of,
            "open": self._open,
            "os.listdir": self._read,
            "os.scandir": self._read,
            "sqlite3.connect": self._open,
            "os.truncate": self._write,
            "os.rename": self._rename,
            "os.link": self._link,
            "os.symlink": self._symlink,
            "os.exec": self._program,
            "os.system": self._shell,
        }

    def _open(self, path: Any, mode: Any = None, flags: Any = 0, *_: Any) -> None:
        if isinstance(flags, int) and flags & WRITING:
            self._write(path)
        else:
            self._read(path)

    def _read(self, path: Any, *_: Any) -> None:
        target = _resolve(path)
        if target is not None and (not self._policy.may_read(target) or _of_another(target)):
            self._refuse("read", target)

    def _write(self, path: Any, *_: Any) -> None:
        target = _resolve(path)
        if target is not None and not self._policy.may_write(target):
            self._refuse("write", target)

    def _change(self, path: Any, *rest: Any) -> None:
        self._at(path, rest[-1] if rest else None)

    def _at(self, path: Any, folder: Any) -> None:
        """Check a change of the entry itself: a link counts as itself, not as its target."""
        target = _resolve(path, folder, follow=False)
        if target is not None and not self._policy.may_write(target):
            self._refuse("write", target)

    def _rename(self, source: Any, target: Any, source_at: Any = -1, target_at: Any = -1) -> None:
        self._at(source, source_at)
        self._at(target, target_at)

    def _link(self, source: Any, target: Any, source_at: Any = -1, target_at: Any = -1) -> None:
        self._read(source)
        self._at(target, target_at)

    def _symlink(self, source: Any, target: Any, folder: Any = -1) -> None:
        self._at(target, folder)

    def _program(self, program: Any, arguments: Any = (), *_: Any) -> None:
        path = os.fsdecode(program or _first_word(arguments))
        own = self._confined and real(path) == real(sys.executable)
        if not own and os.path.basename(path).removesuffix(".exe") not in HARMLESS:
            self._refuse("process", path)

    def _shell(self, command: Any) -> None:
        self._refuse("process", os.fsdecode(command))

    def _connect(self, channel: Any, address: Any) -> None:
        if address is None:  # of a socket that is connected already
            return
        if _is_file(channel):
            self._socket_file(address)
        elif not (sys.platform == "win32" and _local(address[0])):
            self._refuse("network", _said(address))

    def _bind(self, channel: Any, address: Any) -> None:
        if _is_file(channel):
            self._socket_file(address)

    def _socket_file(self, address: Any) -> None:
        path = os.fsdecode(address if isinstance(address, str) else bytes(address))
        if path.startswith("\0") or not self._policy.may_write(_followed(path)):
            self._refuse("network", path.replace("\0", "@"))

    def _name(self, host: Any, *_: Any) -> None:
        if host and not _local(os.fsdecode(host)):
            self._refuse("network", os.fsdecode(host))

    def _name_of(self, address: Any) -> None:
        self._name(address[0])

    def _refuse(self, kind: str, what: str) -> None:
        line = f"{kind} {what}".replace("\n", " ")
        if line not in self._recorded and len(self._recorded) < MOST_RECORDS:
            self._recorded.add(line)
            handle = os.open(self._record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.write(handle, f"{line}\n".encode("utf-8", "backslashreplace"))
            os.close(handle)
        raise PermissionError(errno.EACCES, f"iiml: a run may not do this ({kind})", what)


def install(policy: Policy, record: str, *, confined: bool) -> None:
    """Judge everything that this process does from here on; there is no way back."""
    sys.addaudithook(Hook(policy, record, confined=confined))


def _resolve(path: Any, folder: Any = None, *, follow: bool = True) -> str | None:
    """The real path of what an event names; None for open descriptors and nonsense."""
    if isinstance(path, int) or path is None:
        return None
    text = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0:
        text = os.path.join(_path_of(folder), text)
    if follow:
        return _followed(text)
    parent, name = os.path.split(os.path.abspath(text))
    return os.path.join(real(parent), os.path.normcase(name))


def _followed(path: str) -> str:
    """The real path; where a link cannot even be read, the path as it stands."""
    try:
        return real(path)
    except OSError:
        return os.path.abspath(path)


def _path_of(folder: int) -> str:
    """The path of an open folder that names are relative to; the current one where none is told."""
    if sys.platform == "darwin":
        return os.fsdecode(fcntl.fcntl(folder, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    there = f"/proc/self/fd/{folder}"
    return os.path.realpath(there) if os.path.exists(there) else ""


def _first_word(arguments: Any) -> Any:
    """The program of a command line; Windows has it as one text, quoted where it has spaces."""
    if not isinstance(arguments, str):
        return next(iter(arguments or ()), "")
    quoted = arguments.lstrip().startswith('"')
    return next(iter(arguments.split('"')[1:] if quoted else arguments.split()), "")


def _of_another(path: str) -> bool:
    """Whether a path leads into another process; libraries only look at their own."""
    parts = path.split("/")
    other = parts[:2] == ["", "proc"] and len(parts) > 3 and parts[2].isdecimal()
    return other and parts[3] in PRIVATE and int(parts[2]) != os.getpid()


def _is_file(channel: Any) -> bool:
    """Whether a socket connects processes of this machine by a file or a name."""
    return bool(channel.family == getattr(socket, "AF_UNIX", None))


def _said(address: Any) -> str:
    """Where a socket leads, in a word."""
    return str(address[0] if isinstance(address, tuple) else address)


def _local(host: str) -> bool:
    return host in ("localhost", "::1", "", socket.gethostname()) or host.startswith("127.")
