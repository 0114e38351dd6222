"""Verifies the modules of a folder on a sample of its data, in a child process.

One verification per folder at a time; an order that comes meanwhile waits, and a newer one takes
its place. What was found becomes rows of the documents, and patches for the user.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iiml_codegen.affected import affected
from iiml_codegen.domain.fault import Fault, Violation
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.viewing.changes import downstream_changes
from iiml_codegen.viewing.verify_files import module_files
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING, look
from iiml_codegen.workspace import Workspace
from iiml_server.checking import check_all, show_again
from iiml_server.children import engine
from iiml_server.diagnostics import is_module
from iiml_server.places import path_of
from iiml_server.run_results import of_runs
from iiml_server.strict import Refused
from iiml_server.wire import AffectedTrack, ModuleVerified, VerifyOutcome

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")

ON_SAVE = 3
"""The rung that a save climbs to: prep on a sample."""
BURST = 0.25
"""Seconds in which several saves count as one."""
LONGEST = 1800.0
VERDICTS = (0, 1)
"""Exit codes with which the command has looked; with others it says why it could not."""


class Looked(msgspec.Struct):
    """What a verification says, as far as it is shown."""

    violations: tuple[Violation, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Order:
    """A wish to verify a folder, and everybody who waits for what comes of it."""

    rung: int
    done: asyncio.Future[VerifyOutcome]
    waiting: int = 0


@dataclass
class Line:
    """The verifications of one folder: the one at work, and the one that waits."""

    work: asyncio.Task[None] | None = None
    current: Order | None = None
    next: Order | None = None


@dataclass
class Verification:
    """The lines of all folders, and the saves that wait for a burst to end.

    `followers` are told of each folder that was verified, and say how many patches wait there.
    """

    lines: dict[Path, Line] = field(default_factory=dict)
    saves: dict[Path, str] = field(default_factory=dict)
    tasks: set[asyncio.Future[None]] = field(default_factory=set)
    followers: list[Callable[[IimlServer, Path], Awaitable[int]]] = field(default_factory=list)


async def verify(ls: IimlServer, folder: Path, rung: int) -> VerifyOutcome:
    """Verify the modules of a folder up to a rung; rungs above 2 run them.

    Cancelled, the run ends unless somebody else waits for it, too. Raises `Refused` for a folder
    without modules or without trust, and where the command fails.
    """
    check_all(ls)
    if rung <= WITHOUT_RUNNING:
        return await asyncio.get_running_loop().run_in_executor(ls.readers, still, folder, rung)
    ls.require_trust()
    line = ls.verification.lines.setdefault(folder, Line())
    order = line.next
    if order is None:
        order = line.next = Order(rung, asyncio.get_running_loop().create_future())
    order.rung = max(order.rung, rung)
    order.waiting += 1
    if line.work is None:
        line.work = asyncio.create_task(_work(ls, folder, line))
    try:
        return await asyncio.shield(order.done)
    except asyncio.CancelledError:
        order.waiting -= 1
        _given_up(line, order)
        raise


def _given_up(line: Line, order: Order) -> None:
    """End an order for which nobody waits any more."""
    if order.waiting or order.done.done():
        return
    if line.next is order:
        line.next = None
    elif line.current is order and line.work is not None:
        line.work.cancel()


async def _work(ls: IimlServer, folder: Path, line: Line) -> None:
    """Do the orders of one folder, one after the other."""
    try:
        while line.next is not None:
            line.current, line.next = line.next, None
            await _answer(ls, folder, line.current)
    finally:
        line.work = line.current = None
        if line.next is not None:
            line.work = asyncio.create_task(_work(ls, folder, line))


async def _answer(ls: IimlServer, folder: Path, order: Order) -> None:
    try:
        order.done.set_result(await _run(ls, folder, order.rung))
    except Refused as refused:
        order.done.set_exception(refused)
        order.done.exception()  # taken note of, should nobody wait any more
    except asyncio.CancelledError:
        order.done.cancel()
        raise
    except Exception as error:  # the boundary of a task: whoever waits must hear of it
        log.error("a verification failed", exc_info=error)
        order.done.set_exception(Refused(f"iiML could not verify {folder.name}: {error}"))
        order.done.exception()


async def _run(ls: IimlServer, folder: Path, rung: int) -> VerifyOutcome:
    """One run of the command, and its results taken over."""
    texts = module_texts(folder)
    chosen = ls.options.interpreter
    more = ("--interpreter", chosen) if chosen else ()
    command = engine("verify", str(folder), "--rung", str(rung), "--propose", "--json", *more)
    try:
        ended = await ls.run_process(command, timeout=LONGEST)
    except TimeoutError as error:
        raise Refused(f"The verification of {folder.name} took too long and was ended.") from error
    if ended.exit_code not in VERDICTS:
        raise Refused(ended.said or f"iiml verify ended with code {ended.exit_code}.")
    looked = from_plain(json.loads(ended.output), Looked)
    files = [path.name for path in texts]
    changed = ls.results.verify(texts, of_runs(looked.violations, looked.faults, files))
    show_again(ls, changed)
    check_all(ls)  # bindings speak of what prep gave just now
    patches = [await tell(ls, folder) for tell in ls.verification.followers]
    return outcome_of(looked, sum(patches))


def outcome_of(looked: Looked, patches: int) -> VerifyOutcome:
    """Counts, and the summary of them."""
    errors = len(looked.faults) + sum(one.severity == "error" for one in looked.violations)
    warnings = sum(one.severity == "warning" for one in looked.violations)
    said = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    said += f", {counted(patches, 'patch', 'patches')} to review" if patches else ""
    notes = "".join(f"; {note}" for note in looked.notes)
    return VerifyOutcome(errors=errors, warnings=warnings, patches=patches, message=said + notes)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its word."""
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def still(folder: Path, rung: int) -> VerifyOutcome:
    """A look at the files that runs nothing. Raises `Refused` for a folder without modules."""
    try:
        verdict = look(Workspace(folder), rung)
    except IimlError as error:
        raise Refused(str(error)) from error
    return outcome_of(Looked(verdict.violations, verdict.faults, verdict.notes), 0)


def module_texts(folder: Path) -> dict[Path, str]:
    """The modules of a folder as they lie on disk. Raises `Refused` where there are none."""
    try:
        files = module_files(Workspace(folder))
    except IimlError as error:
        raise Refused(str(error)) from error
    home = folder / "iiml"
    return {home / one.label: one.module.text for one in files if one.module is not None}


def verify_saved(ls: IimlServer, uri: str) -> None:
    """Verify in the background what was saved, once a burst of saves is over."""
    path = path_of(uri)
    wanted = ls.options.trusted and ls.options.verify_on_save
    if not wanted or not is_module(path) or path.parent.name != "iiml":
        return
    folder = path.parents[1]
    if folder not in ls.verification.saves:
        asyncio.get_running_loop().call_later(BURST, in_background, ls, folder)
    ls.verification.saves[folder] = uri


def in_background(ls: IimlServer, folder: Path) -> None:
    """Verify a folder and tell what it came to; trouble goes to the log."""
    uri = ls.verification.saves.pop(folder, None) or (folder / "iiml" / "prep.py").as_uri()
    keep(ls, _quietly(ls, folder, uri))


def keep(ls: IimlServer, work: Awaitable[None]) -> None:
    """Let a piece of work go on by itself; the loop alone would forget it."""
    task = asyncio.ensure_future(work)
    ls.verification.tasks.add(task)
    task.add_done_callback(ls.verification.tasks.discard)


async def _quietly(ls: IimlServer, folder: Path, uri: str) -> None:
    try:
        found = await verify(ls, folder, ON_SAVE)
    except Refused as refused:
        log.info("%s was not verified: %s", folder.name, refused)
        return
    loop = asyncio.get_running_loop()
    changes, tracks = await loop.run_in_executor(ls.readers, downstream, folder)
    ls.protocol.notify(
        "iiml/moduleVerified",
        ModuleVerified(
            folder=folder.as_uri(), uri=uri, errors=found.errors, changes=changes, tracks=tracks
        ),
    )


def downstream(folder: Path) -> tuple[list[str], list[AffectedTrack]]:
    """What a change came to after prep ran, and the tracks that it affects."""
    workspace = Workspace(folder)
    tracks = [
        AffectedTrack(track=one.track, affected=one.affected, why=one.why, score=one.score)
        for one in affected(workspace)
    ]
    return list(downstream_changes(workspace)), tracks
