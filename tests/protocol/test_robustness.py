"""What must not break the daemon, over a real process: bad messages, big ones, sudden ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from processes import script, wait_until
from processes.daemon import Daemon, Failed

BIG = 1_200_000
CANCELLED, METHOD_NOT_FOUND, INVALID_PARAMS = -32800, -32601, -32602
INVALID_REQUEST, NOT_INITIALIZED, FAILED = -32600, -32002, -32803
# A daemon with requests that run a child, tell its environment, echo, and print.
ODD = """
import os, signal, sys
from iiml_server.__main__ import create_server
from iiml_codegen.backbones.keys import take_keys
from iiml_server.recent import keep_log
from iiml_server.stdio import claim_stdio

keys = take_keys()
reader, writer = claim_stdio()
keep_log(sys.stderr, keys)
server = create_server(keys)

SLEEPER = '''
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(600)
'''

@server.feature("test/sleep")
async def sleep(ls, params):
    await ls.run_process([sys.executable, "-I", "-c", SLEEPER, params.path])

@server.command("test.sleep")
async def sleep_by_command(ls, path: str):
    await ls.run_process([sys.executable, "-I", "-c", SLEEPER, path])

@server.feature("test/environment")
async def environment(ls, params):
    code = "import os; print(sorted(os.environ.items()))"
    return (await ls.run_process([sys.executable, "-c", code])).output.decode()

@server.feature("test/echo")
def echo(ls, params):
    print("x" * 100_000)
    os.system("echo stray")
    return params.text

@server.feature("test/bug")
def bug(ls, params):
    import logging
    logging.getLogger("iiml.server").warning("my key is %s", ls.keys)
    raise ZeroDivisionError("a bug near " + next(iter(ls.keys.values()), ""))

signal.signal(signal.SIGTERM, lambda *_: server.end_now("asked to end"))
server.start_io(reader, writer)
server.children.end_all()
"""


@pytest.fixture
def odd(tmp_path: Path) -> str:
    return str(script(tmp_path / "odd.py", ODD))


@pytest.fixture
def editor() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for the editor's."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_requests_out_of_turn_unknown_or_wrong_are_answered_with_one_message(
    tmp_path: Path,
) -> None:
    with Daemon() as daemon:
        for method in ("iiml/competitions", "textDocument/hover", "no/such"):
            with pytest.raises(Failed) as early:
                daemon.ask(method, {})
            assert early.value.code in (NOT_INITIALIZED, INVALID_PARAMS)
        daemon.start(tmp_path)
        cases = [
            ("no/such", {}, METHOD_NOT_FOUND),
            ("iiml/open", {}, INVALID_PARAMS),
            ("iiml/open", [1], INVALID_PARAMS),
            ("iiml/verify", {"folder": tmp_path.as_uri(), "rung": "high"}, INVALID_PARAMS),
            ("iiml/open", {"folder": "https://example.org/x"}, FAILED),
            ("iiml/open", {"folder": (tmp_path / "gone").as_uri()}, FAILED),
            ("iiml/blueprint", {"folder": tmp_path.as_uri()}, FAILED),
        ]
        for method, params, code in cases:
            with pytest.raises(Failed) as wrong:
                daemon.ask(method, params)
            assert (wrong.value.code, wrong.value.data) == (code, None)
            assert str(wrong.value) and "\n" not in str(wrong.value)
        daemon.ask("shutdown", None)
        with pytest.raises(Failed) as late:
            daemon.ask("iiml/competitions", {})
        assert late.value.code == INVALID_REQUEST
        daemon.tell("exit", None)
        assert daemon.process.wait(60) == 0


@pytest.mark.parametrize("by_command", [False, True])
def test_a_cancelled_request_is_answered_and_its_child_ends_with_all_its_own(
    odd: str, tmp_path: Path, by_command: bool
) -> None:
    note = tmp_path / "pid"
    order = {"command": "test.sleep", "arguments": [str(note)]}
    with Daemon(odd) as daemon:
        daemon.start()
        method = "workspace/executeCommand" if by_command else "test/sleep"
        number = daemon.request(method, order if by_command else {"path": str(note)})
        wait_until(lambda: note.exists() and note.read_text(), "the child")
        daemon.tell("$/cancelRequest", {"id": number})
        with pytest.raises(Failed) as cancelled:
            daemon.reply(number)
        assert cancelled.value.code == CANCELLED
        wait_until(lambda: not psutil.pid_exists(int(note.read_text())), "the end of the children")
        wait_until(lambda: not psutil.Process(daemon.process.pid).children(), "the end of all")


def test_messages_of_a_megabyte_and_stray_prints_do_not_hurt_without_buffers(odd: str) -> None:
    with Daemon("-u", odd, environment={"PYTHONUNBUFFERED": "1"}) as daemon:
        daemon.start()
        text = "é🏠" * (BIG // 2)
        assert daemon.ask("test/echo", {"text": text}) == text
        assert daemon.ask("test/echo", {"text": "again"}) == "again"


def test_results_for_older_texts_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "iiml" / "prep.py"
    with Daemon() as daemon:
        daemon.start(tmp_path)
        uri = daemon.open(path, "def half(:\n")
        for version in range(2, 40):
            change = {"textDocument": {"uri": uri, "version": version}}
            text = {"text": f"def half(:  # {version}\n"}
            daemon.tell("textDocument/didChange", {**change, "contentChanges": [text]})

        def versions() -> list[int]:
            shown = [m for m in daemon.heard if m["method"] == "textDocument/publishDiagnostics"]
            return [one["params"]["version"] for one in shown]

        wait_until(lambda: versions()[-1:] == [39], "the last version")
        assert versions() == sorted(versions())


def test_keys_reach_no_log_no_answer_no_child_and_no_file(odd: str, tmp_path: Path) -> None:
    key, other = "very-secret-value", "AIzaSyAnotherSecretValue"
    secrets = {"IIML_OPENAI_API_KEY": key, "GEMINI_API_KEY": other}
    with Daemon(odd, environment=secrets) as daemon:
        daemon.start(tmp_path)
        told = daemon.ask("test/environment", {})
        assert "PATH" in told
        with pytest.raises(Failed):
            daemon.ask("test/bug", {})
        wait_until(lambda: b"my key is" in daemon.log, "the log")
        told += daemon.ask("iiml/debugInfo", None)["text"]
        assert "my key is" in told
        daemon.end()
        wait_until(lambda: daemon.process.poll() is not None, "the end")
    log = daemon.log.decode()
    written = "".join(p.read_text("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file())
    for secret in (key, other):
        assert secret not in told + log + written


@pytest.mark.parametrize("how", ["exit", "pipe", "editor", "terminated"])
def test_the_daemon_ends_with_its_children_however_its_editor_goes(
    odd: str, editor: subprocess.Popen[bytes], tmp_path: Path, how: str
) -> None:
    note = tmp_path / "pid"
    with Daemon(odd) as daemon:
        daemon.start(processId=editor.pid)
        daemon.request("test/sleep", {"path": str(note)})
        wait_until(lambda: note.exists() and note.read_text(), "the child")
        if how == "exit":
            daemon.tell("exit", None)
        elif how == "pipe":
            assert daemon.process.stdin is not None
            daemon.process.stdin.close()
        elif how == "editor":
            editor.kill()
            editor.wait()
        else:
            os.kill(daemon.process.pid, signal.SIGTERM)
        wait_until(lambda: daemon.process.poll() is not None, "the daemon's end")
        wait_until(lambda: not psutil.pid_exists(int(note.read_text())), "the children's end")


def test_a_daemon_that_is_told_to_exit_without_shutdown_says_so() -> None:
    with Daemon() as daemon:
        daemon.start()
        daemon.tell("exit", None)
        assert daemon.process.wait(60) == 1


def test_the_start_is_light() -> None:
    """Neither tables nor arrays nor networks are imported by a process that only decides."""
    load = "from iiml_server.__main__ import create_server; create_server(); import sys"
    code = f"{load}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"pandas", "numpy", "torch", "sklearn"} & set(loaded.stdout.split())


ENDS = ("\u2028", "\u0085", "\x0c", "\r")
"""Python ends lines at each of them, an editor only at the last."""
FOREST = '''from sklearn.ensemble import RandomForestClassifier


def fit(X, y, *, seed=0, threads=1):
    """Fit."""
    return RandomForestClassifier(n_jobs=-1, random_state=seed).fit(X, y)


def predict(model, X):
    """Predict."""
    return model.predict_proba(X)[:, 1]
'''


def typed(daemon: Daemon, before: str, line: int, new: str) -> dict[str, Any]:
    """What an editor sends for text at the beginning of a line: what changed, or all."""
    if daemon.offers["textDocumentSync"]["change"] == lsp.TextDocumentSyncKind.Full.value:
        starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", before))]
        return {"text": before[: starts[line]] + new + before[starts[line] :]}
    place = {"line": line, "character": 0}
    return {"range": {"start": place, "end": place}, "text": new}


@pytest.mark.parametrize("end", ENDS)
def test_a_text_is_the_editors_whatever_ends_lines_elsewhere(tmp_path: Path, end: str) -> None:
    (tmp_path / "iiml").mkdir()
    text = f"# a{end}b = 1\n" + FOREST
    lines = re.split(r"\r\n|\n|\r", text)
    line = next(number for number, said in enumerate(lines) if "n_jobs" in said)
    with Daemon() as daemon:
        daemon.start()
        uri = daemon.open(tmp_path / "iiml" / "model_traditional.py", text)
        change = typed(daemon, text, line + 1, "# typed below\n")
        named = {"uri": uri, "version": 2}
        daemon.tell("textDocument/didChange", {"textDocument": named, "contentChanges": [change]})
        place = {"line": line, "character": 0}
        asked = {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "only": ["quickfix"]},
        }
        actions = daemon.ask("textDocument/codeAction", asked)
        (edits,) = [one["edit"]["changes"][uri] for one in actions if "n_jobs" in one["title"]]
        start = lines[line].index("-1")
        span = [{"line": line, "character": start + length} for length in (0, 2)]
        assert edits == [{"range": {"start": span[0], "end": span[1]}, "newText": "threads"}]
        assert daemon.end() == 0
