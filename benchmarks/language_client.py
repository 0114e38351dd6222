"""A language client over pipes that reads messages as plain JSON, whatever server sends them."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Mapping
from typing import Any

DEADLINE = 60.0


class PlainClient:
    """One server's process and what it sent.

    `typed` are the versions that documents have here, `versions` those that diagnostics came for.
    """

    def __init__(self) -> None:
        self.typed: dict[str, int] = {}
        self.versions: dict[str, int | None] = {}
        self.news = asyncio.Condition()
        self.answers: dict[int, asyncio.Future[Any]] = {}
        self.numbers = itertools.count(1)

    async def start(self, *command: str) -> None:
        """Start the server and read what it sends."""
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        self.reading = asyncio.create_task(self.read())

    async def ask(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """The result of a request; raises RuntimeError where the server refuses."""
        number = next(self.numbers)
        self.answers[number] = asyncio.get_running_loop().create_future()
        self.send({"id": number, "method": method, "params": params})
        async with asyncio.timeout(DEADLINE):
            return await self.answers[number]

    def tell(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def send(self, message: Mapping[str, Any]) -> None:
        """Write a message."""
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0"} | dict(message)).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def read(self) -> None:
        """Take messages in until the pipe closes."""
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            size = 0
            while header.strip():
                name, _, value = header.partition(b":")
                size = int(value) if name.lower() == b"content-length" else size
                header = await self.process.stdout.readline()
            await self.take(json.loads(await self.process.stdout.readexactly(size)))

    async def take(self, message: Mapping[str, Any]) -> None:
        """An answer, a request that gets an empty answer, or diagnostics."""
        if "method" not in message:
            self.answered(message)
        elif "id" in message:
            self.send({"id": message["id"], "result": None})
        elif message["method"] == "textDocument/publishDiagnostics":
            async with self.news:
                self.versions[message["params"]["uri"]] = message["params"].get("version")
                self.news.notify_all()

    def answered(self, message: Mapping[str, Any]) -> None:
        """Give an answer to whoever asked."""
        waiting = self.answers.pop(message["id"])
        if "error" in message:
            waiting.set_exception(RuntimeError(message["error"]["message"]))
        else:
            waiting.set_result(message.get("result"))

    async def shown(self, uri: str, version: int) -> None:
        """Wait for the diagnostics of a version."""
        async with asyncio.timeout(DEADLINE), self.news:
            await self.news.wait_for(lambda: self.versions.get(uri) == version)

    async def stop(self) -> None:
        """Say good-bye, and wait for the process."""
        await self.ask("shutdown")
        self.tell("exit")
        async with asyncio.timeout(DEADLINE):
            if await self.process.wait():
                print(f"the server ended with {self.process.returncode}", file=sys.stderr)
        self.reading.cancel()
