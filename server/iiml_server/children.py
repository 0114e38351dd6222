"""Child processes of the daemon: none blocks it, none outlives it, none gets a key."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.execution import boot
from iiml_codegen.execution.process_tree import ProcessTree
from iiml_server.keys import without_keys

NEUTRAL = Path(boot.__file__).parent
"""Where children work: never in the user's folder, whose modules could stand in for others."""


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


class Children:
    """The children that are at work, each with all that it started."""

    def __init__(self) -> None:
        self._living: set[int] = set()

    async def run(self, command: Sequence[str], *, timeout: float | None = None) -> Ended:
        """Run a program to its end; cancelled, or after `timeout` seconds, it is killed.

        Raises `OSError` where it cannot be started and `TimeoutError`.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=NEUTRAL,
            env=without_keys(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            creationflags=boot.APART,
        )
        self._living.add(process.pid)
        try:
            async with asyncio.timeout(timeout):
                output, errors = await process.communicate()
        finally:
            self._living.discard(process.pid)
            if process.returncode is None:
                await asyncio.shield(asyncio.to_thread(_kill, process.pid))
        assert process.returncode is not None
        return Ended(process.returncode, output, errors)

    def kill_all(self) -> None:
        """End every child at once, when the daemon ends."""
        for pid in sorted(self._living):
            _kill(pid)


def engine(*arguments: str) -> list[str]:
    """The command line of `iiml`, in the daemon's own Python."""
    return boot.command("iiml_codegen.cli", *arguments)


def _kill(pid: int) -> None:
    ProcessTree(pid).kill()
