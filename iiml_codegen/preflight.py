"""Before a solve: what it would take, what is missing, and what would leave this machine.

Looks only, for a second or two: nothing is run on the data, written or sent.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from iiml_codegen.backbones.configuration import (
    asking_for,
    read_configuration,
    solve_options_of,
)
from iiml_codegen.backbones.disclosure import choosable, leaving, missing_package
from iiml_codegen.backbones.setup import EXPERT
from iiml_codegen.doctor import LEAST_DISK, LEAST_MEMORY
from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError
from iiml_codegen.execution.accelerator import find_accelerator, usable_accelerator
from iiml_codegen.execution.environment import available_memory, find_interpreter
from iiml_codegen.execution.interpreter import (
    DEEP,
    DEEP_TRACKS,
    HOW_TO_DEEP,
    NEEDED,
    OLDEST,
    USED,
    Interpreter,
    describe,
    distributions,
)
from iiml_codegen.execution.lock import holder
from iiml_codegen.settings import FILE, read_file
from iiml_codegen.workspace import Workspace

COPIES = 3
"""Shadow competitions and prepared tables take a few times the data's size in the cache."""
LOOKING_SECONDS = 1.0
GIB = 2**30


class Problem(Frozen):
    """Something that stands in the way of a solve (`blocking`), or that one should know."""

    message: str
    hint: str
    blocking: bool


class GpuState(Frozen):
    """A graphics card; `memory` in bytes."""

    name: str
    memory: int
    cuda: str


class Preflight(Frozen):
    """The page before a solve. `missing` are names for pip; `leaves` is what leaves the machine.

    `settings` is what `iiml.toml` says; `data_bytes` is at least what lies there: of very many
    files some are counted.
    """

    folder: str
    budget: float
    budget_from: str
    metric: str | None
    interpreter: str
    python: str
    missing: tuple[str, ...]
    can_install: bool
    gpu: GpuState | None
    data_bytes: int
    free_bytes: int
    backbone: str
    backbones: tuple[str, ...]
    leaves: tuple[str, ...]
    settings: tuple[str, ...]
    problems: tuple[Problem, ...]


def preflight(
    folder: Path,
    budget: str | None = None,
    interpreter: str | None = None,
    work: Path | None = None,
    models: Mapping[str, object] | None = None,
) -> Preflight:
    """Look at what a solve of this folder would need. Raises `CompetitionError` for no folder.

    `models` are flags about backbones, as `orders_for` takes them.
    """
    workspace = Workspace(folder, work)
    flags = {**(models or {}), "budget": budget}
    options, settings, problems = _options(workspace.folder, flags)
    asked = _asked(options, flags)
    problems += asked.problems
    described, path, more = _interpreter(interpreter, options.tracks)
    problems += more
    missing = distributions(described.missing) if described else []
    can_install = described is not None and described.no_install() is None
    data, free = _data_bytes(workspace.folder), _free_bytes(workspace)
    problems += [*_of_machine(data, free), *_of_folder(workspace, data)]
    found = usable_accelerator(path) if path and described else find_accelerator()
    gpu = (
        GpuState(name=found.gpu.name, memory=found.gpu.memory, cuda=found.cuda)
        if found.gpu
        else None
    )
    return Preflight(
        folder=str(workspace.folder),
        budget=options.budget,
        budget_from=_source(budget, settings),
        metric=options.metric,
        interpreter=str(path or interpreter or ""),
        python=described.said_version if described else "",
        missing=tuple(missing),
        can_install=can_install,
        gpu=gpu,
        data_bytes=data,
        free_bytes=free,
        backbone=options.backbone,
        backbones=asked.backbones,
        leaves=(*asked.leaves, *_leaves(missing, can_install=can_install)),
        settings=settings,
        problems=tuple(problems),
    )


@dataclass(frozen=True)
class _Asked:
    """What there is to say about backbones."""

    backbones: tuple[str, ...] = (EXPERT,)
    leaves: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def _asked(options: SolveOptions, flags: Mapping[str, object]) -> _Asked:
    """The backbones that can be chosen, and what those that are would be sent."""
    try:
        configuration = read_configuration()
        asking = asking_for(options, configuration, flags, {})
    except IimlError as error:
        return _Asked(problems=(_problem(error),))
    lacking = [
        Problem(
            message=f"{setup.name} needs the package {package}",
            hint='pip install "iiml[llm]"; without it the expert works alone',
            blocking=False,
        )
        for setup in (asking.setups if asking else ())
        if (package := missing_package(setup.provider))
    ]
    return _Asked(choosable(configuration, flags), leaving(options, asking), tuple(lacking))


def _options(
    folder: Path, flags: Mapping[str, object]
) -> tuple[SolveOptions, tuple[str, ...], list[Problem]]:
    """The options of a solve and the lines of `iiml.toml`; defaults where something is wrong."""
    settings: tuple[str, ...] = ()
    try:
        read = read_file(folder / FILE)
        settings = tuple(
            f"{name} = {_written(value)}"
            for name in read.__struct_fields__
            if (value := getattr(read, name)) is not None
        )
        return solve_options_of(folder, flags, read_configuration()), settings, []
    except IimlError as error:
        return SolveOptions(), settings, [_problem(error)]


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _source(budget: str | None, settings: tuple[str, ...]) -> str:
    """Where the budget comes from: you, the folder's file, or nobody said it."""
    if budget is not None:
        return "as asked"
    return FILE if any(line.startswith("budget ") for line in settings) else "default"


def _interpreter(
    wanted: str | None, tracks: tuple[Track, ...]
) -> tuple[Interpreter | None, Path | None, list[Problem]]:
    path = None
    try:
        path = find_interpreter(wanted)
        described = describe(path, (*NEEDED, *USED, *DEEP))
    except IimlError as error:
        return None, path, [_problem(error)]
    lacking = [name for name in described.missing if name in DEEP]
    left = tuple(name for name in described.missing if name not in DEEP)
    described = msgspec.structs.replace(described, missing=left)
    return described, path, [*_of_interpreter(described), *_of_tracks(lacking, tracks)]


def _of_tracks(lacking: list[str], tracks: tuple[Track, ...]) -> Iterator[Problem]:
    """The tracks that will be skipped for want of a library; an error where no other is asked."""
    skipped = [track for track in tracks if track in DEEP_TRACKS]
    if lacking and skipped:
        yield Problem(
            message=f"{', '.join(lacking)} is missing: {' and '.join(skipped)} will be skipped",
            hint=HOW_TO_DEEP,
            blocking=len(skipped) == len(tracks),
        )


def _of_interpreter(described: Interpreter) -> Iterator[Problem]:
    """What an interpreter lacks, and whether that can be helped."""
    if described.old:
        least = ".".join(map(str, OLDEST))
        yield Problem(
            message=f"Python {described.said_version} is too old",
            hint=f"choose an interpreter from {least} on",
            blocking=True,
        )
    if not described.missing:
        return
    needed = [name for name in described.missing if name in NEEDED]
    refused = described.no_install()
    listed = ", ".join(distributions(described.missing))
    why = "no solve can work without" if needed else "models that need them are left out"
    about = f" {', '.join(distributions(needed))}" if needed else ""
    yield Problem(
        message=f"packages are missing: {listed}; {why}{about}",
        hint="install them into this environment" if refused is None else refused.hint,
        blocking=bool(needed),
    )
    if refused is not None:
        yield Problem(message=Exception.__str__(refused), hint=refused.hint, blocking=False)


def _of_machine(data: int, free: int) -> Iterator[Problem]:
    """Memory and disk that may not do."""
    memory = available_memory()
    if memory < LEAST_MEMORY:
        yield Problem(
            message=f"only {memory / GIB:.1f} GiB of memory are free",
            hint="close something; big tables will not fit",
            blocking=False,
        )
    wanted = max(LEAST_DISK, COPIES * data)
    if free < wanted:
        yield Problem(
            message=f"{free / GIB:.1f} GiB of disk are free, {wanted / GIB:.1f} may be needed",
            hint="make room, or set IIML_CACHE_DIR to a larger disk",
            blocking=False,
        )


def _of_folder(workspace: Workspace, data: int) -> Iterator[Problem]:
    """What is the matter with the folder itself."""
    if not data:
        yield Problem(
            message=f"{workspace.folder} holds no data",
            hint="put train.csv, test.csv and sample_submission.csv there",
            blocking=True,
        )
    place = _nearest(workspace.work)
    if not (place.is_dir() and os.access(place, os.W_OK)):
        yield Problem(
            message=f"{workspace.work} cannot be written",
            hint="give --work DIR, a folder for iiml/ and submission.csv",
            blocking=True,
        )
    found = holder(workspace.lock) if workspace.home.is_dir() else None
    if found is not None:
        yield Problem(
            message=f"a solver is at work here (process {found.pid} on {found.host})",
            hint="solving follows it",
            blocking=False,
        )


def _problem(error: IimlError) -> Problem:
    return Problem(message=Exception.__str__(error), hint=error.hint, blocking=True)


def _leaves(missing: list[str], *, can_install: bool) -> tuple[str, ...]:
    """What leaves the machine beside prompts: pip, if it is let, asks its index."""
    if not missing or not can_install:
        return ()
    names = ", ".join(missing)
    return (f"names of packages, to the index that pip asks, if they are installed: {names}",)


def _data_bytes(folder: Path) -> int:
    """Bytes of the files that a solve reads, as many as can be counted in a moment."""
    total, until = 0, time.monotonic() + LOOKING_SECONDS
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "iiml" and not name.startswith(".")]
        for name in names:
            total += _size(Path(place, name))
        if time.monotonic() > until:
            break
    return total


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _free_bytes(workspace: Workspace) -> int:
    """The least of what is free where outputs go and where the cache lies."""
    places = (_nearest(workspace.work), workspace.cache_dir())
    return min(shutil.disk_usage(place).free for place in places)


def _nearest(folder: Path) -> Path:
    """The folder, or what is there of the path to it: a work folder is made when a solve starts."""
    return next(place for place in (folder, *folder.parents) if place.exists())
