"""What an interpreter has: asked of it in a process of its own, isolated and for a short time."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.execution.asked_python import asked
from iiml_codegen.execution.installing import InstallError, distribution_of

NEEDED = ("numpy", "pandas", "scipy", "sklearn", "pandera")
"""Import names without which neither the worker nor any pipeline runs."""
USED = ("lightgbm", "catboost", "xgboost", "pyarrow", "openpyxl", "PIL", "soundfile")
"""Import names that some pipelines need."""
DEEP = ("torch",)
"""Import names without which the tracks of `DEEP_TRACKS` are left out."""
DEEP_TRACKS: tuple[Track, ...] = ("pretrained", "custom_nn")
HOW_TO_DEEP = "pip install torch transformers safetensors tabicl tabpfn"
"""The extra `deep` by the names of its packages: the Python that computes may not know of iiml."""
OLDEST = (3, 11)
EXTRA = r"extra == ['\"]ml['\"]"
ASK = """
import importlib.util, json, os, re, sys, sysconfig

def found(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False

def torch_without_cuda():
    if not found("torch"):
        return False
    folder = os.path.dirname(importlib.util.find_spec("torch").origin or "")
    try:
        with open(os.path.join(folder, "version.py"), encoding="utf-8") as file:
            return re.search(r"^cuda\\b.*=\\s*None", file.read(), re.M) is not None
    except OSError:
        return False

purelib = sysconfig.get_path("purelib")
marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "missing": [name for name in sys.argv[1:] if not found(name)],
    "pip": found("pip"),
    "managed": sys.prefix == sys.base_prefix and os.path.exists(marker),
    "writable": os.access(purelib, os.W_OK),
    "packages": purelib,
    "torch_without_cuda": torch_without_cuda(),
}))
"""


class Interpreter(Frozen):
    """A Python as it describes itself; `missing` are import names that were asked for.

    `managed`: the system's package manager forbids pip (PEP 668); `packages` is where pip installs.
    `torch_without_cuda`: its torch was built for CPUs alone, whatever cards there are.
    """

    executable: str
    version: tuple[int, int, int]
    missing: tuple[str, ...]
    pip: bool
    managed: bool
    writable: bool
    packages: str
    torch_without_cuda: bool = False

    @property
    def said_version(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))

    @property
    def old(self) -> bool:
        """Whether what we generate does not run with it."""
        return self.version[:2] < OLDEST

    def no_install(self) -> InstallError | None:
        """Why pip cannot install into it; None where it can."""
        if self.managed:
            return InstallError(
                "managed",
                f"{self.executable} belongs to the system, which lets no pip install into it "
                "(externally-managed-environment)",
                hint=f"make an environment of your own: {self.executable} -m venv DIR",
            )
        if not self.pip:
            return InstallError(
                "no_pip",
                f"{self.executable} has no pip",
                hint=f"{self.executable} -m ensurepip, or choose another --interpreter",
            )
        if not self.writable:
            return InstallError(
                "not_writable",
                f"{self.packages} cannot be written, where pip would install",
                hint=f"make an environment of your own: {self.executable} -m venv DIR",
            )
        return None


def describe(interpreter: Path, names: Sequence[str] = (*NEEDED, *USED)) -> Interpreter:
    """Ask an interpreter; raises `EnvironmentProblem` where it does not answer."""
    return asked(interpreter, ASK, names, Interpreter)


def distributions(names: Sequence[str]) -> list[str]:
    """What pip calls packages, by import names; XGBoost comes without its CUDA libraries."""
    found = [distribution_of(name) or name for name in names]
    small = "xgboost" if sys.platform == "darwin" else "xgboost-cpu"
    return [small if name == "xgboost" else name for name in found]


def requirements(names: Sequence[str]) -> list[str]:
    """Distributions with the oldest versions that serve, as our own package says: `numpy>=2.0`."""
    try:
        lines = requires("iiml") or []
    except PackageNotFoundError:
        lines = []
    told = [line.partition(";") for line in lines]
    wanted = [spec.strip() for spec, _, marker in told if re.search(EXTRA, marker)]
    known = {re.split(r"[^\w.-]", spec, maxsplit=1)[0]: spec for spec in wanted}
    return [known.get(name, name) for name in distributions(names)]
