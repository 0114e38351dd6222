"""A process beside the daemon that looks at texts.

Parsing a long module holds the interpreter for as long as it takes, and a hover would wait. A text
that is too much for the parser ends this process alone.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from iiml_codegen.backbones.keys import without_keys
from iiml_codegen.execution import boot

T = TypeVar("T")
NEUTRAL = Path(boot.__file__).parent
log = logging.getLogger("iiml.server")


class CheckError(Exception):
    """A look at a text failed; the message says how."""


@dataclass(frozen=True)
class Answer:
    """What a call gave; `trouble` is the traceback where it failed."""

    value: Any = None
    trouble: str = ""


class Checker:
    """Starts the process on the first call, and anew where it ended. One thread calls at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function of ours there, or here where no process can be started.

        Raises `CheckError` where it fails.
        """
        try:
            process = self._started()
        except OSError as error:
            log.warning("no process for checks: %s", error)
            return function(*arguments)
        assert process.stdin is not None and process.stdout is not None
        try:
            pickle.dump((function, arguments), process.stdin)
            process.stdin.flush()
            answer: Answer = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise CheckError(f"the process for checks ended: {error}") from error
        if answer.trouble:
            raise CheckError(answer.trouble)
        found: T = answer.value
        return found

    def close(self) -> None:
        """End the process; it ends by itself, too, when the daemon is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with suppress(OSError):  # what was not written yet has no reader any more
                    assert stream is not None
                    stream.close()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                boot.command("iiml_server.checker"),
                cwd=NEUTRAL,
                env=without_keys(os.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                creationflags=boot.APART,
            )
        return self._process


def main() -> int:
    """Answer calls until nobody can call any more.

    Garbage is collected between two calls, when nobody waits.
    """
    calls, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    gc.freeze()
    gc.disable()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            answer = answered(calls)
            pickle.dump(answer, answers)
            answers.flush()
            gc.collect()
    return 0


def answered(calls: Any) -> Answer:
    """Read a call and make it. Raises `EOFError` where there is none any more."""
    function, arguments = pickle.load(calls)
    try:
        return Answer(function(*arguments))
    except Exception:  # noqa: BLE001 - the boundary of the process: whoever called must hear of it
        return Answer(trouble=traceback.format_exc())


if __name__ == "__main__":
    # Under its own name, so that answers are of the class that the other side knows.
    from iiml_server.checker import main as serve

    sys.exit(serve())
