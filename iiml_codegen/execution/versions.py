"""Which versions an interpreter has: of Python, and of distributions."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from iiml_codegen.domain.wire import Frozen, from_json
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.boot import APART, ISOLATED
from iiml_codegen.execution.environment import clean_environment

ANSWER_SECONDS = 60.0
OF_OBJECTS = ("numpy", "pandas", "scipy", "scikit-learn", "torch", "transformers")
"""Distributions whose objects lie in caches, or that say what is computed for them."""
ASK = """
import importlib.metadata, json, sys

def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None

found = {name: version(name) for name in sys.argv[1:]}
print(json.dumps({"python": sys.version.split()[0], "distributions": found}))
"""


class Versions(Frozen):
    """The versions of a Python and of distributions in it, None for what is not there."""

    python: str
    distributions: dict[str, str | None]


def versions(interpreter: Path, names: Sequence[str]) -> Versions:
    """What is there; raises `EnvironmentProblem` where the interpreter does not answer."""
    try:
        answer = subprocess.run(
            [str(interpreter), *ISOLATED, "-c", ASK, *names],
            cwd=tempfile.gettempdir(),
            env=clean_environment(threads=1),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=True,
            creationflags=APART,
        )
        return from_json(answer.stdout, Versions)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise EnvironmentProblem(
            f"{interpreter} does not answer: {error}", hint="choose another --interpreter"
        ) from error


@lru_cache(maxsize=4)
def fingerprint(interpreter: Path) -> str:
    """A text for the Python that computes: what another one has pickled is not for it.

    Asked once per process; one that does not answer is known by its path alone.
    """
    try:
        found = versions(interpreter, OF_OBJECTS)
    except EnvironmentProblem:
        return str(interpreter)
    told = [f"{name}=={version}" for name, version in found.distributions.items()]
    return " ".join([str(interpreter), found.python, *told])
