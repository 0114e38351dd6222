"""Child processes of the daemon: none blocks it, none outlives it, none gets a key."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil

from iiml_codegen.backbones.keys import without_keys
from iiml_codegen.execution import boot
from iiml_codegen.execution.process_tree import ProcessTree

NEUTRAL = Path(boot.__file__).parent
"""Where children work: never in the user's folder, whose modules could stand in for others."""
PATIENCE = 5.0
"""Seconds for a child to clear up after it was asked to end."""
LOOK_SECONDS = 0.05
LONGEST_LINE = 1 << 26


class Complaint(msgspec.Struct):
    """What the command line answers in JSON when it fails."""

    message: str
    hint: str = ""


@dataclass(frozen=True)
class Ended:
    """How a child ended, and what it wrote."""

    exit_code: int
    output: bytes
    errors: bytes

    @property
    def said(self) -> str:
        """The last line that it wrote about trouble, or else at all; "" if it said nothing."""
        for stream in (self.errors, self.output):
            lines = stream.decode("utf-8", "replace").strip().splitlines()
            if lines:
                return lines[-1].strip()
        return ""

    @property
    def complaint(self) -> str:
        """What went wrong: as its answer in JSON says it, if it gave one, else what it said."""
        try:
            told = msgspec.json.decode(self.output, type=Complaint)
        except msgspec.MsgspecError:
            return self.said
        return f"{told.message} ({told.hint})" if told.hint else told.message


class Children:
    """The children that are at work, each with all that it started."""

    def __init__(self) -> None:
        self._living: set[int] = set()

    async def run(
        self,
        command: Sequence[str],
        *,
        each: Callable[[bytes], None] | None = None,
        timeout: float | None = None,
    ) -> Ended:
        """Run a program to its end; cancelled, or after `timeout` seconds, it is ended.

        `each` is called with every line of its output as it comes. Raises `OSError` where it
        cannot be started, and `TimeoutError`.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=NEUTRAL,
            env=without_keys(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
            creationflags=boot.APART,
        )
        self._living.add(process.pid)
        try:
            async with asyncio.timeout(timeout):
                output, errors = await _streams(process, each)
                return Ended(await process.wait(), output, errors)
        finally:
            if process.returncode is None:
                await asyncio.shield(asyncio.to_thread(end, [process.pid]))
            self._living.discard(process.pid)

    def end_all(self) -> None:
        """End every child, when the daemon ends."""
        end(sorted(self._living))


async def _streams(
    process: asyncio.subprocess.Process, each: Callable[[bytes], None] | None
) -> tuple[bytes, bytes]:
    """All that a child writes, as output and errors."""
    assert process.stdout is not None and process.stderr is not None
    errors = asyncio.ensure_future(process.stderr.read())
    try:
        lines = []
        async for line in process.stdout:
            lines.append(line)
            if each is not None:
                each(line)
        return b"".join(lines), await errors
    finally:
        errors.cancel()


def end(pids: Sequence[int]) -> None:
    """Ask children to end, and kill each with all that it started if it does not soon."""
    trees = [ProcessTree(pid) for pid in pids]
    if sys.platform != "win32":  # there nobody can ask, only kill
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(map(_at_work, pids)) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
    for tree in trees:
        tree.kill()


def _at_work(pid: int) -> bool:
    """Whether a child still runs; nobody may wait for it here, because the event loop does."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def engine(*arguments: str) -> list[str]:
    """The command line of `iiml`, in the daemon's own Python."""
    return boot.command("iiml_codegen.cli", *arguments)
