"""`iiml doctor`: does this machine have what a solve needs, and what does it lack?"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import platformdirs

from iiml_codegen import __version__
from iiml_codegen.backbones.configuration import USUAL_KEYS, read_configuration
from iiml_codegen.backbones.disclosure import missing_package, without_key
from iiml_codegen.backbones.setup import BackboneSetup
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution import interpreter as interpreter_packages
from iiml_codegen.execution.accelerator import (
    Accelerator,
    find_accelerator,
    usable_accelerator,
)
from iiml_codegen.execution.environment import (
    available_memory,
    cores,
    find_interpreter,
)
from iiml_codegen.execution.installing import distribution_of
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.versions import versions
from iiml_codegen.settings import SettingsError

NEEDED = tuple(distribution_of(name) or name for name in interpreter_packages.NEEDED)
USED = tuple(distribution_of(name) or name for name in interpreter_packages.USED)
DEEP = interpreter_packages.DEEP
LEAST_MEMORY = 2 * 2**30
LEAST_DISK = 2 * 2**30


class Check(Frozen):
    """One thing looked at; `fail` means that no solve can work, `warn` that some will be worse."""

    name: str
    status: Literal["ok", "warn", "fail"]
    detail: str
    hint: str = ""


def examine(interpreter: str | None = None, keys: Mapping[str, str] | None = None) -> list[Check]:
    """Look at everything a solve depends on; of `keys` it is said only whether they are there."""
    checks = [Check(name="iiml", status="ok", detail=f"{__version__}, Python {_python()}")]
    try:
        found = find_interpreter(interpreter)
        checks += _packages(found)
        checks.append(_guard(found))
        accelerator = usable_accelerator(found)
    except EnvironmentProblem as error:
        text = Exception.__str__(error)
        checks.append(Check(name="interpreter", status="fail", detail=text, hint=error.hint))
        accelerator = find_accelerator()
    return [*checks, _processors(accelerator), _memory(), _disk(), *_backbones(keys or {})]


def _python() -> str:
    return ".".join(str(part) for part in sys.version_info[:3])


def _packages(interpreter: Path) -> list[Check]:
    names = (*NEEDED, *USED, *DEEP, "xgboost-cpu")
    told = versions(interpreter, names)
    found = told.distributions
    found["xgboost"] = found["xgboost"] or found.pop("xgboost-cpu")
    first = Check(name="interpreter", status="ok", detail=f"{interpreter}, Python {told.python}")
    needed = [_package(interpreter, name, found[name], needed=True) for name in NEEDED]
    used = [_package(interpreter, name, found[name], needed=False) for name in USED]
    return [first, *needed, *used, *(_tracks(name, found[name]) for name in DEEP)]


def _package(interpreter: Path, name: str, version: str | None, *, needed: bool) -> Check:
    if version is not None:
        return Check(name=name, status="ok", detail=version)
    why = "the worker needs it" if needed else "what uses it cannot run"
    hint = f"iiml install --interpreter {interpreter}"
    return Check(
        name=name, status="fail" if needed else "warn", detail=f"missing; {why}", hint=hint
    )


def _tracks(name: str, version: str | None) -> Check:
    """What networks need: without it fewer tracks run, and the others go on."""
    tracks = " and ".join(interpreter_packages.DEEP_TRACKS)
    if version is not None:
        return Check(name=name, status="ok", detail=f"{version}; the tracks {tracks} can run")
    detail = f"missing; the tracks {tracks} are skipped"
    return Check(name=name, status="warn", detail=detail, hint=interpreter_packages.HOW_TO_DEEP)


def _guard(interpreter: Path) -> Check:
    """Run a script that does nothing, to see who would refuse what a run must not do."""
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "nothing.py"
        script.write_text("print('ready')\n", "ascii")
        spec = RunSpec(
            id="doctor",
            script=str(script),
            folder=str(Path(name) / "run"),
            interpreter=str(interpreter),
            purpose="doctor",
            wall_seconds=60,
        )
        result = Runner().run(spec)
    if not result.ok:
        detail = f"a guarded script does not run: {result.reason} {result.log_tail}".strip()
        return Check(name="guard", status="fail", detail=detail)
    who = {"landlock": "kernel (Landlock) and audit hook", "hook": "audit hook only"}
    return Check(name="guard", status="ok", detail=who.get(result.confinement, "nobody"))


def _processors(found: Accelerator) -> Check:
    if found.idle:
        hint = "install a build of torch with CUDA (https://pytorch.org/get-started)"
        return Check(name="processors", status="warn", detail=str(found), hint=hint)
    detail = f"{cores()} cores, {found}" if found.gpu else str(found)
    return Check(name="processors", status="ok", detail=detail)


def _memory() -> Check:
    free = available_memory()
    status: Literal["ok", "warn"] = "ok" if free >= LEAST_MEMORY else "warn"
    hint = "" if status == "ok" else "close something; big tables will not fit"
    return Check(name="memory", status=status, detail=f"{free / 2**30:.1f} GB free", hint=hint)


def _backbones(keys: Mapping[str, str]) -> list[Check]:
    """Who could be asked: the configuration's backbones, and providers whose key is there."""
    try:
        configuration = read_configuration()
    except SettingsError as error:
        text = Exception.__str__(error)
        return [Check(name="backbones", status="warn", detail=text, hint=error.hint)]
    setups = [configuration.setup(name) for name in dict.fromkeys(configuration.backbones)]
    named = {setup.name for setup in setups}
    setups += [configuration.setup(name) for name in USUAL_KEYS if name not in named]
    return [_backbone(setup, keys, named=setup.name in named) for setup in setups]


def _backbone(setup: BackboneSetup, keys: Mapping[str, str], *, named: bool) -> Check:
    """One backbone; nobody needs one, so that at most those that are named are worth a warning."""
    package, wants_key = missing_package(setup.provider), without_key([setup], keys)
    about = f"{setup.provider}{f', {setup.model}' if setup.model else ''}"
    if package:
        why, hint = f"{package} is missing", 'pip install "iiml[llm]"'
    elif wants_key:
        names = (setup.key,) if setup.key else USUAL_KEYS[setup.provider]
        why, hint = "no key", f"set {' or '.join(names)}"
    else:
        return Check(name=f"llm {setup.name}", status="ok", detail=f"{about}, ready to be asked")
    status: Literal["ok", "warn"] = "warn" if named else "ok"
    detail = f"{about}, {why}; the expert works without it"
    return Check(name=f"llm {setup.name}", status=status, detail=detail, hint=hint)


def _disk() -> Check:
    """Space and permission where shadows are built."""
    folder = Path(os.environ.get("IIML_CACHE_DIR") or platformdirs.user_cache_dir("iiml"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        hint = "set IIML_CACHE_DIR to a folder that can be written"
        return Check(name="cache", status="fail", detail=f"{folder}: {error}", hint=hint)
    status: Literal["ok", "warn"] = "ok" if free >= LEAST_DISK else "warn"
    hint = "" if status == "ok" else "set IIML_CACHE_DIR to a larger disk"
    return Check(
        name="cache", status=status, detail=f"{folder}, {free / 2**30:.1f} GB free", hint=hint
    )
