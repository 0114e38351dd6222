"""Which versions an interpreter has: of Python, and of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.asked_python import asked

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
    return asked(interpreter, ASK, names, Versions)


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
