"""Linux, macOS and Windows: what only one of them has stands behind a branch that asks for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import iiml_codegen
import iiml_server
import workspace_templates
from iiml_codegen.execution.guard.policy import Policy, unprefixed
from iiml_codegen.files import extended

PACKAGES = [Path(one.__file__ or "").parent for one in (iiml_codegen, iiml_server)]
PACKAGES.append(Path(workspace_templates.__file__ or "").parent)
SOURCES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
MODULES |= {"_winapi", "msvcrt", "winreg", "winsound"}
ATTRIBUTES = {
    "os": "chown chroot ctermid fchmod fchown fork forkpty getegid geteuid getgid getgroups"
    " getloadavg getpgid getpgrp getpriority getsid getuid killpg lchown major mkfifo mknod nice"
    " openpty posix_fadvise posix_spawn pread pwrite register_at_fork sched_getaffinity"
    " sched_setaffinity sched_yield sendfile setgid setpgid setpriority setsid setuid statvfs sync"
    " sysconf tcgetpgrp uname wait wait3 wait4 WIFSIGNALED O_CLOEXEC O_DIRECTORY O_DSYNC O_NOFOLLOW"
    " O_NONBLOCK O_PATH O_SYNC O_TMPFILE startfile O_BINARY",
    "signal": "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1"
    " SIGUSR2 SIGXCPU SIGXFSZ alarm pause pthread_kill pthread_sigmask setitimer sigwait"
    " SIGBREAK CTRL_BREAK_EVENT CTRL_C_EVENT",
    "subprocess": "CREATE_BREAKAWAY_FROM_JOB CREATE_NEW_PROCESS_GROUP CREATE_NO_WINDOW"
    " DETACHED_PROCESS STARTUPINFO",
    "socket": "AF_UNIX AF_PACKET SO_REUSEPORT socketpair",
    "time": "tzset clock_gettime pthread_getcpuclockid",
    "ctypes": "WinDLL windll OleDLL WINFUNCTYPE",
    "select": "poll epoll kqueue select",
}
ONE_SIDED = {(module, name) for module, names in ATTRIBUTES.items() for name in names.split()}
LINKS = {"symlink", "symlink_to", "link", "hardlink_to"}
LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def asks_for_platform(test: ast.expr) -> bool:
    """Whether a condition looks at `sys.platform`, or whether a name is there."""
    text = ast.unparse(test)
    return "sys.platform" in text or "os.name" in text or "hasattr(" in text


def unguarded(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a block that run on every system."""
    for statement in body:
        if isinstance(statement, ast.If) and asks_for_platform(statement.test):
            if isinstance(statement.body[-1], LEAVES):
                return
            continue
        yield from unguarded_inside(statement)


def unguarded_inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp) and asks_for_platform(node.test):
        return
    yield node
    for _, value in ast.iter_fields(node):
        items = value if isinstance(value, list) else [value]
        if items and isinstance(items[0], ast.stmt):
            yield from unguarded(items)
        else:
            for item in items:
                if isinstance(item, ast.AST):
                    yield from unguarded_inside(item)


def one_sided(text: str) -> list[str]:
    """What a module uses on every system although not every system has it."""
    found = []
    for node in unguarded(ast.parse(text).body):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in ONE_SIDED:
                found.append(f"{node.value.id}.{node.attr} in line {node.lineno}")
        elif isinstance(node, ast.keyword) and node.arg == "preexec_fn":
            found.append("preexec_fn")
    return found


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Calls with the last name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def texts_in_the_systems_encoding(text: str) -> list[str]:
    """Calls that read or write text without saying in which encoding."""
    found = []
    for call, name in calls(ast.parse(text)):
        said = any(keyword.arg in ("encoding", None) for keyword in call.keywords)
        if name in ("read_text", "write_text"):
            on_path = isinstance(call.func, ast.Attribute)
            said |= len(call.args) > (name == "write_text") or not on_path
        elif name == "open":
            said |= not opens_text(call)
        else:
            continue
        if not said:
            found.append(f"line {call.lineno}: {ast.unparse(call)}")
    return found


def opens_text(call: ast.Call) -> bool:
    """Whether `open(...)` or `path.open(...)` opens text; members of archives are bytes."""
    values = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
    modes = [one for one in values if isinstance(one, str) and set(one) <= set("rwxab+t")]
    if isinstance(call.func, ast.Attribute) and not modes:
        opener = ast.unparse(call.func.value)
        return opener.endswith(("path", "file", ")")) and opener not in ("tarfile", "zipfile")
    return not any("b" in mode for mode in modes)


def links_without_another_way(text: str) -> list[str]:
    """Links that are made outside of a `try` that expects OSError: Windows refuses most."""
    tree = ast.parse(text)
    tried = {
        id(inner)
        for block in ast.walk(tree)
        if isinstance(block, ast.Try)
        and any("OSError" in ast.unparse(one.type) for one in block.handlers if one.type)
        for statement in block.body
        for inner in ast.walk(statement)
    }
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call, name in calls(tree)
        if name in LINKS and isinstance(call.func, ast.Attribute) and id(call) not in tried
    ]


FINDERS = {
    "names": one_sided,
    "encodings": texts_in_the_systems_encoding,
    "links": links_without_another_way,
}


@pytest.mark.parametrize("finder", FINDERS)
def test_what_one_system_lacks_stands_behind_a_branch(finder: str) -> None:
    found = {
        f"{path.parent.name}/{path.name}": FINDERS[finder](path.read_text("utf-8"))
        for path in SOURCES
    }
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("finder", "text", "count"),
    [
        ("names", "import os\nos.killpg(1, 9)", 1),
        ("names", "def f():\n    import fcntl", 1),
        ("names", "import sys\nif sys.platform != 'win32':\n    import fcntl", 0),
        ("names", "def f():\n    if sys.platform == 'win32':\n        return\n    os.fork()", 0),
        ("names", "def f():\n    if sys.platform == 'win32':\n        pass\n    os.fork()", 1),
        ("names", "n = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else 1", 0),
        ("names", "subprocess.run(a, preexec_fn=b)", 1),
        ("encodings", "open(path)", 1),
        ("encodings", "open(path, 'rb')", 0),
        ("encodings", "path.open('w')", 1),
        ("encodings", "path.write_text(text)", 1),
        ("encodings", "path.write_text(text, 'utf-8')", 0),
        ("links", "a.symlink_to(b)", 1),
        ("links", "try:\n    os.link(a, b)\nexcept OSError:\n    copy(a, b)", 0),
    ],
)
def test_the_finders_find(finder: str, text: str, count: int) -> None:
    assert len(FINDERS[finder](text)) == count


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("C:\\data", "C:\\data"),
        ("C:\\" + "d" * 200, "\\\\?\\C:\\" + "d" * 200),
        ("\\\\host\\" + "d" * 200, "\\\\?\\UNC\\host\\" + "d" * 200),
        ("\\\\?\\C:\\" + "d" * 200, "\\\\?\\C:\\" + "d" * 200),
    ],
)
def test_long_windows_paths_get_the_form_without_a_limit(path: str, form: str) -> None:
    assert extended(path) == form


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("\\\\?\\c:\\data\\train.csv", "c:\\data\\train.csv"),
        ("\\\\?\\unc\\host\\share\\train.csv", "\\\\host\\share\\train.csv"),
        ("\\\\.\\nul", "nul"),
        ("c:\\data", "c:\\data"),
    ],
)
def test_the_guard_knows_a_windows_path_in_each_of_its_forms(path: str, form: str) -> None:
    assert unprefixed(path) == form


def test_the_guard_knows_a_folder_in_another_case_where_the_disk_does(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "Größe"
    (folder / "run").mkdir(parents=True)
    other = str(folder).replace("Größe", "GRO\u0308SSE")
    blind = Policy([str(folder)], [], [str(folder / "run")], case_blind=True)
    assert not blind.may_read(f"{other}/train.csv")
    assert blind.may_write(f"{other}/RUN/raw.npy")
    assert not blind.may_write(f"{other}/train.csv")
    seeing = Policy([str(folder)], [], [str(folder / "run")], case_blind=False)
    assert seeing.may_read(f"{other}/train.csv")
