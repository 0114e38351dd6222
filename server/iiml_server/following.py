"""Looks at a competition folder, on a thread of its own: what happened since the last look."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from iiml_codegen.domain.events import Entry, SolveEnded, SolveStarted
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_json
from iiml_codegen.execution.lock import Holder, holder
from iiml_codegen.journal import Journal, JournalError
from iiml_codegen.workspace import Workspace

Stamp = tuple[int, int, int]
"""Which file it is, when it changed, and its size; all zero where there is none."""
NOTHING: Stamp = (0, 0, 0)


@dataclass(frozen=True)
class Seen:
    """How far a journal was read: its stamp then, and number and time of the last entry."""

    stamp: Stamp = NOTHING
    seq: int = 0
    at: float = 0.0
    under_way: bool = False
    """Whether a solve began and did not end."""


@dataclass(frozen=True)
class Look:
    """What was found. With `fresh` the journal is another one, and what was seen before is void.

    `pages` are the files of the folder that exist, with their stamps; `pipelines` are those in the
    folders of candidates; `modules` are hashes of the modules' bytes. `over` are runs on which
    nobody works, though no solver may be there to say so.
    """

    seen: Seen
    entries: tuple[Entry, ...] = ()
    fresh: bool = False
    holder: Holder | None = None
    trouble: str = ""
    task: TaskSummary | None = None
    pages: Mapping[str, Stamp] = field(default_factory=dict)
    pipelines: frozenset[str] = frozenset()
    modules: Mapping[str, str] = field(default_factory=dict)
    over: frozenset[str] = frozenset()


def look(workspace: Workspace, seen: Seen, running: Collection[str]) -> Look:
    """Look at a folder; `running` are the runs that were at work when it was seen last."""
    at_work = holder(workspace.lock)
    found = _news(workspace.journal, seen)
    if at_work is None and found.seen.under_way:
        at_work = holder(workspace.lock)  # it may have begun between the two
    over = {run for run in running if _over(workspace.run(run))}
    return Look(
        seen=found.seen,
        entries=found.entries,
        fresh=found.fresh,
        holder=at_work,
        trouble=found.trouble,
        task=_task(workspace.task),
        pages=_pages(workspace),
        pipelines=_pipelines(workspace),
        modules=_modules(workspace.home),
        over=frozenset(over),
    )


def _over(run: Path) -> bool:
    """Whether a run left a result, or its supervisor is gone without one."""
    if (run / "result.json").exists():
        return True
    try:
        return from_json((run / "supervisor.json").read_bytes(), Holder).alive() is False
    except (OSError, msgspec.MsgspecError):
        return False


def _news(path: Path, seen: Seen) -> Look:
    """What a journal says that was not seen; read whole where it is not the one that was seen."""
    stamp = stamp_of(path)
    if stamp == seen.stamp:
        return Look(seen=seen)
    if stamp == NOTHING:
        return Look(seen=Seen(), fresh=True)
    try:
        journal = Journal(path, create=False)
        try:
            return _read(journal, stamp, seen)
        finally:
            journal.close()
    except JournalError as error:
        return Look(seen=seen, trouble=str(error))


def _read(journal: Journal, stamp: Stamp, seen: Seen) -> Look:
    entries = journal.read(max(seen.seq - 1, 0))
    known = bool(seen.seq and entries) and (entries[0].seq, entries[0].at) == (seen.seq, seen.at)
    fresh = not known and seen.seq > 0
    if known:
        del entries[0]
    elif fresh:
        entries = journal.read()
    under_way = seen.under_way and not fresh
    for entry in entries:
        if isinstance(entry.event, SolveStarted | SolveEnded):
            under_way = isinstance(entry.event, SolveStarted)
    last = entries[-1] if entries else None
    before = Seen() if fresh else seen
    now = Seen(
        stamp=stamp,
        seq=last.seq if last else before.seq,
        at=last.at if last else before.at,
        under_way=under_way,
    )
    return Look(seen=now, entries=tuple(entries), fresh=fresh)


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file; nothing where it cannot be asked for."""
    try:
        found = path.stat()
    except OSError:
        return NOTHING
    return found.st_ino or 1, found.st_mtime_ns, found.st_size


def _pages(workspace: Workspace) -> dict[str, Stamp]:
    """Files whose coming and changing a viewer shows, by their place in the folder."""
    paths = (
        workspace.submission,
        workspace.report,
        workspace.blueprint,
        workspace.blueprint_page,
        workspace.contract,
        workspace.solver_log,
    )
    stamps = {path.relative_to(workspace.work).as_posix(): stamp_of(path) for path in paths}
    return {place: stamp for place, stamp in stamps.items() if stamp != NOTHING}


def _pipelines(workspace: Workspace) -> frozenset[str]:
    """Pipelines that lie in candidates' folders, by their place in the competition's folder."""
    found = (workspace.candidates.glob(f"*/{name}") for name in ("pipeline_*.py", "best.py"))
    paths = [path for some in found for path in some]
    return frozenset(path.relative_to(workspace.work).as_posix() for path in paths)


def _modules(home: Path) -> dict[str, str]:
    """Hashes of the modules that stand in `iiml/`, by file name."""
    hashes = {}
    for path in (home / "prep.py", *sorted(home.glob("model_*.py"))):
        try:
            hashes[path.name] = digest(path.read_bytes())
        except OSError:
            continue
    return hashes


def digest(data: bytes) -> str:
    """The hash of a text, whatever its line ends: an editor's may differ from the disk's."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf")).hexdigest()


def _task(path: Path) -> TaskSummary | None:
    """The task of the last solve; None if there is none or another version of iiML wrote it."""
    try:
        return from_json(path.read_bytes(), TaskSummary)
    except (OSError, msgspec.MsgspecError):
        return None
