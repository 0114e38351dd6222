"""The daemon as an editor meets it: a real process, raw pipes, every byte checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from processes import wait_until

SERVE = ("-I", "-m", "iiml_server")
CHANGED = "iiml/competitionChanged"
SILENCE = object()
"""The answer of a client that takes its time."""


class Failed(Exception):
    """The daemon answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code, self.data = error["code"], error.get("data")


class Daemon:
    """A client without a protocol library, so that it can also say what none would say.

    `heard` are all notifications and requests of the daemon; requests get `answers[method]`, or
    what that makes of their parameters, or nothing at all where it is `SILENCE`. `offers` is what
    the daemon said that it can.
    """

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *(command or SERVE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {"workspace/applyEdit": {"applied": True}}
        self.replies: dict[Any, dict[str, Any]] = {}
        self.offers: dict[str, Any] = {}
        self.log = b""
        self._count = 0
        self._threads = [threading.Thread(target=one) for one in (self._listen, self._read_log)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        assert self.process.stdin is not None
        self.process.stdin.close()

    def start(self, *folders: Path, options: object = None, **more: Any) -> Daemon:
        """Say hello with these workspace folders."""
        named = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        hello = {"processId": None, "capabilities": {}, "workspaceFolders": named, "rootUri": None}
        said = self.ask("initialize", {**hello, "initializationOptions": options, **more})
        self.offers = said["capabilities"]
        self.tell("initialized", {})
        return self

    def tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any) -> int:
        """Ask without waiting; the number of the request."""
        self._count += 1
        self._send({"jsonrpc": "2.0", "id": self._count, "method": method, "params": params})
        return self._count

    def reply(self, number: int) -> Any:
        """The result of a request; raises `Failed`."""
        wait_until(lambda: number in self.replies, f"reply {number}")
        found = self.replies[number]
        if "error" in found:
            raise Failed(found["error"])
        return found["result"]

    def ask(self, method: str, params: Any) -> Any:
        return self.reply(self.request(method, params))

    def state(self, folder: Path) -> dict[str, Any]:
        """What was told last of a folder; empty if nothing was."""
        told = [one["params"] for one in self.heard if one["method"] == CHANGED]
        return next((one for one in reversed(told) if one["folder"] == folder.as_uri()), {})

    def open(self, path: Path, text: str) -> str:
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return path.as_uri()

    def end(self) -> int:
        """Say good-bye; the exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(timeout=240)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while head := stream.readline():
            name, _, size = head.partition(b": ")
            assert name == b"Content-Length", head
            while stream.readline().strip():
                continue
            self._take(json.loads(stream.read(int(size)), parse_constant=_refuse))

    def _take(self, message: dict[str, Any]) -> None:
        assert message["jsonrpc"] == "2.0"
        if "method" not in message:
            self.replies[message["id"]] = message
            return
        self.heard.append(message)
        if "id" in message:
            answer = self.answers.get(message["method"])
            if answer is SILENCE:
                return
            result = answer(message["params"]) if callable(answer) else answer
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log += line


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")
