"""Verifies the modules of a folder on a sample of its data, in a child process.

One verification per folder at a time; an order that comes meanwhile waits, and a newer one takes
its place. What was found becomes rows of the documents, and patches for the user.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iiml_codegen.domain.fault import Fault, Violation
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.viewing.verify_files import module_files
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING, look
from iiml_codegen.workspace import Workspace
from iiml_server.checking import check_all, open_modules, show_again
from iiml_server.children import Ended, engine
from iiml_server.interpreters import interpreter_for
from iiml_server.mends import plain
from iiml_server.run_results import of_runs, same_text
from iiml_server.strict import Refused
from iiml_server.unsaved import edited
from iiml_server.wire import VerifyOutcome

if TYPE_CHECKING:
    from iiml_server.protocol import IimlServer

log = logging.getLogger("iiml.server")

LONGEST = 1800.0
VERDICTS = (0, 1)
"""Exit codes with which the command has looked; with others it says why it could not."""


class Looked(msgspec.Struct):
    """What a verification says, as far as it is shown; more patches may come while `searching`."""

    violations: tuple[Violation, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    searching: bool = False


@dataclass
class Order:
    """A wish to verify a folder, and everybody who waits for what comes of it.

    `looked` is what it said last; with that, and `first` told, the search for patches may be cut
    short.
    """

    rung: int
    first: asyncio.Future[VerifyOutcome]
    done: asyncio.Future[VerifyOutcome]
    waiting: int = 0
    child: asyncio.Task[Ended] | None = None
    looked: Looked | None = None


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
    tasks: set[asyncio.Future[object]] = field(default_factory=set)
    followers: list[Callable[[IimlServer, Path], Awaitable[int]]] = field(default_factory=list)


async def verify(ls: IimlServer, folder: Path, rung: int, patient: bool = True) -> VerifyOutcome:
    """Verify the modules of a folder up to a rung; rungs above 2 run them.

    The patient wait for the search for patches, too. Cancelled, the run ends unless somebody else
    waits for it. Raises `Refused` for a folder without modules or trust, and where the command
    fails.
    """
    check_all(ls)
    if rung <= WITHOUT_RUNNING:
        return await ls.aside(still, folder, rung)
    ls.require_trust()
    line = ls.verification.lines.setdefault(folder, Line())
    order = line.next
    if order is None:
        loop = asyncio.get_running_loop()
        order = line.next = Order(rung, loop.create_future(), loop.create_future())
    order.rung = max(order.rung, rung)
    order.waiting += 1
    _cut_short(line)
    if line.work is None:
        line.work = asyncio.create_task(_work(ls, folder, line))
    try:
        return await asyncio.shield(order.done if patient else order.first)
    except asyncio.CancelledError:
        order.waiting -= 1
        _given_up(line, order)
        raise


def _cut_short(line: Line) -> None:
    """End the search for patches of an older order: a newer one waits, perhaps of a newer text."""
    current = line.current
    if current is not None and current.looked is not None and current.child is not None:
        current.child.cancel()


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
    """Do an order, and tell everybody who waits how it ended."""
    try:
        _settle(order, await _run(ls, folder, order))
    except Refused as refused:
        _settle(order, refused)
    except asyncio.CancelledError:
        order.first.cancel()
        order.done.cancel()
        raise
    except Exception as error:  # the boundary of a task: whoever waits must hear of it
        log.error("a verification failed", exc_info=error)
        _settle(order, Refused(f"iiML could not verify {folder.name}: {error}"))


def _settle(order: Order, end: VerifyOutcome | Refused) -> None:
    for waits in (order.first, order.done):
        if waits.done():
            continue
        if isinstance(end, Refused):
            waits.set_exception(end)
            waits.exception()  # taken note of, should nobody wait any more
        else:
            waits.set_result(end)


async def _run(ls: IimlServer, folder: Path, order: Order) -> VerifyOutcome:
    """One run of the command, and its results taken over as they come.

    Where the editor has newer texts than the disk, those are verified, in a folder of their own.
    """
    texts = await ls.aside(module_texts, folder)
    newer = {
        path: plain(one.source)
        for path, one in open_modules(ls).items()
        if path in texts and not same_text(one.source, texts[path])
    }
    texts |= newer

    def take(line: bytes) -> None:
        looked = looked_of(line)
        if looked is None:
            return
        order.looked = looked
        _take_over(ls, folder, texts, looked)
        if not order.first.done():
            order.first.set_result(outcome_of(looked, 0))
        if not newer:
            keep(ls, _told(ls, folder))

    with edited(folder, newer) if newer else nullcontext(folder) as work:
        await _child(ls, folder, work, order, take)
    patches = await _told(ls, folder)
    if order.looked is None:
        raise Refused(f"The verification of {folder.name} said nothing.")
    return outcome_of(order.looked, patches)


def _take_over(ls: IimlServer, folder: Path, texts: Mapping[Path, str], looked: Looked) -> None:
    """Show what a look found, and bind open models to what prep gave just now."""
    files = [path.name for path in texts]
    found = of_runs(looked.violations, looked.faults, files)
    show_again(ls, ls.results.verify(folder / "iiml", texts, found))
    check_all(ls)


async def _told(ls: IimlServer, folder: Path) -> int:
    """How many patches wait in a folder, after everybody was told."""
    return sum([await tell(ls, folder) for tell in ls.verification.followers])


async def _child(
    ls: IimlServer, folder: Path, work: Path, order: Order, take: Callable[[bytes], None]
) -> None:
    """Run `iiml verify`. Raises `Refused` with its words where it cannot look."""
    more = ["--propose"] if order.rung > WITHOUT_RUNNING else []
    more += ["--work", str(work)] if work != folder else []
    interpreter = interpreter_for(ls.options, folder)
    more += ["--interpreter", interpreter] if interpreter else []
    command = engine("verify", str(folder), "--rung", str(order.rung), "--json", *more)
    order.child = asyncio.ensure_future(ls.run_process(command, each=take, timeout=LONGEST))
    try:
        ended = await order.child
    except TimeoutError as error:
        raise Refused(f"The verification of {folder.name} took too long and was ended.") from error
    except asyncio.CancelledError:
        if order.child.cancelled() and order.looked is not None and order.waiting:
            return  # cut short: what it said is all that it says
        raise
    if ended.exit_code not in VERDICTS:
        raise Refused(ended.complaint or f"iiml verify ended with code {ended.exit_code}.")


def looked_of(line: bytes) -> Looked | None:
    """A line of the command's answer; what it adds for other readers is left out.

    None for its complaint, an object of its own, or for a line of one.
    """
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or "violations" not in said:
        return None
    kinds: list[tuple[str, type[msgspec.Struct]]] = [("violations", Violation), ("faults", Fault)]
    for name, kind in kinds:
        known = kind.__struct_fields__
        said[name] = [{key: one[key] for key in known if key in one} for one in said[name]]
    return from_plain(said, Looked)


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


def keep(ls: IimlServer, work: Awaitable[object]) -> None:
    """Let a piece of work go on by itself; the loop alone would forget it."""
    task = asyncio.ensure_future(work)
    ls.verification.tasks.add(task)
    task.add_done_callback(ls.verification.tasks.discard)
