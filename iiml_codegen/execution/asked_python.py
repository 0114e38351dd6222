"""What an interpreter says of itself when it runs a few lines."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from iiml_codegen.domain.wire import Frozen, from_json
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.boot import APART, ISOLATED
from iiml_codegen.execution.environment import clean_environment

A = TypeVar("A", bound=Frozen)
ANSWER_SECONDS = 60.0


def asked(interpreter: Path, lines: str, names: Sequence[str], answer: type[A]) -> A:
    """What lines print as JSON, given names as arguments.

    Raises `EnvironmentProblem` where the interpreter does not answer.
    """
    try:
        done = subprocess.run(
            [str(interpreter), *ISOLATED, "-c", lines, *names],
            cwd=tempfile.gettempdir(),
            env=clean_environment(threads=1),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=True,
            creationflags=APART,
        )
        return from_json(done.stdout, answer)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise EnvironmentProblem(
            f"{interpreter} does not answer: {error}", hint="choose another --interpreter"
        ) from error
