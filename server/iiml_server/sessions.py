"""Sessions: one for each competition folder, following whoever solves it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from watchdog.observers import Observer

from iiml_codegen.domain.events import Entry
from iiml_codegen.errors import IimlError
from iiml_codegen.execution.lock import Holder
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.workspace import Workspace
from iiml_server.discovery import Discovery
from iiml_server.following import Look, Seen, look
from iiml_server.history import History
from iiml_server.places import key, path_of
from iiml_server.strict import Refused
from iiml_server.watching import Observe, Watch

log = logging.getLogger("iiml.server")
PAUSE = 0.25
"""Seconds between looks, and so between messages, however much happens."""
POLL = 1.0
"""Seconds until the next look where a solver is at work, or where nothing wakes us."""
SLOW = 20.0
"""Seconds until the next look at a quiet folder."""
SEARCH = 2.0
"""Seconds between two searches for new competitions; a slow disk is searched less often."""
SHARE = 50.0
"""A search waits this many times as long as the last one took, too."""


class Session:
    """What is known of one competition folder. It lives on the event loop.

    `folder` is spelt as the editor spells it; `workspace` is the same folder with links resolved.
    `replaced` has the hashes that modules had on disk before they changed there, `saved` those of
    what the editor saved last. `asked` is the solver that was asked to stop, and when (monotonic).
    """

    def __init__(
        self, folder: Path, loop: asyncio.AbstractEventLoop, observe: Observe = Observer
    ) -> None:
        self.folder = folder
        self.uri = folder.as_uri()
        self.workspace = Workspace(folder)
        self.view = SolveView()
        self.history = History()
        self.last = Look(seen=Seen())
        self.replaced: dict[str, str] = {}
        self.saved: dict[str, str] = {}
        self.asked: tuple[Holder, float] | None = None
        self.seq = 0
        self.looked = asyncio.Event()
        self.wake = asyncio.Event()
        self.watch = Watch(lambda: _tell(loop, self.wake), observe)
        self.task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether a solver is at work."""
        return self.last.holder is not None

    @property
    def lost(self) -> bool:
        """Whether the solver went without a word."""
        return self.view.started is not None and self.view.ended is None and not self.running

    def look(self) -> Look:
        """Look at the folder; runs on a thread and changes nothing but what is watched."""
        home = self.workspace.home
        runs = [self.workspace.run(run) for run in list(self.view.running)]
        self.watch.point_at([home if home.is_dir() else self.workspace.work, *runs])
        return look(self.workspace, self.last.seen, list(self.view.running))

    def take(self, found: Look) -> bool:
        """Take in what a look found; whether a viewer would see anything new, as at first."""
        before = (self.last, self.lost)
        for name, now in found.modules.items():
            if self.looked.is_set() and now != (earlier := self.last.modules.get(name, now)):
                self.replaced[name] = earlier
        if found.fresh:
            self.view, self.history = SolveView(), History()
        for entry in found.entries:
            self.view.apply(entry)
            self.history.apply(entry)
        self.last = found
        if self.lost:
            for run in found.over:
                self.view.running.pop(run, None)
        changed = not self.looked.is_set() or bool(found.entries)
        changed |= _shown(*before) != _shown(found, self.lost)
        self.seq += changed
        return changed

    def editor_uri(self, path: str) -> str:
        """The URI of a file that the engine names by its real path, spelt as the editor does."""
        real = Path(path)
        inside = real.is_relative_to(self.workspace.work)
        return (self.folder / real.relative_to(self.workspace.work) if inside else real).as_uri()

    def uri_of(self, place: Path | str) -> str:
        """The URI of a place in the folder, spelt as the editor spells the folder."""
        return (self.folder / place).as_uri()


def _shown(found: Look, lost: bool) -> tuple[object, ...]:
    return (
        found.fresh,
        found.holder,
        found.trouble,
        found.task,
        found.pages,
        found.pipelines,
        found.modules,
        found.over if lost else None,
        lost,
    )


def _tell(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """Set an event from another thread; the loop may have ended meanwhile."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(event.set)


class Search:
    """A workspace folder in which competitions are looked for, as long as `task` runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.discovery = Discovery(root)
        self.looked = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def end(self) -> None:
        """Look no more, and let nobody wait for it."""
        if self.task is not None:
            self.task.cancel()
        self.looked.set()


class Sessions:
    """The sessions of all folders. `changed` is called with a session and its new entries."""

    def __init__(
        self,
        readers: Executor,
        changed: Callable[[Session, Sequence[Entry]], None],
        observe: Observe = Observer,
    ) -> None:
        self._readers = readers
        self._observe = observe
        self._changed = changed
        self._sessions: dict[str, Session] = {}
        self._opened: set[str] = set()
        self._searches: dict[str, Search] = {}

    def all(self) -> list[Session]:
        """All sessions, by folder."""
        return sorted(self._sessions.values(), key=lambda session: session.folder)

    def of(self, uri: str) -> Session | None:
        """The session of a folder, or of a file or folder inside it; the innermost one."""
        try:
            path = path_of(uri)
        except Refused:
            return None
        for folder in (path, *path.parents):
            if (session := self._sessions.get(key(folder))) is not None:
                return session
        return None

    def need(self, uri: str) -> Session:
        """The session of a folder or a file; raises `Refused` where there is none."""
        session = self.of(uri)
        if session is None:
            raise Refused(f"{path_of(uri)} is no competition that iiML follows: open it first")
        return session

    async def open(self, uri: str) -> Session:
        """The session of a folder, which is followed from now on, whatever it looks like."""
        folder = path_of(uri)
        session = self._sessions.get(key(folder)) or self._follow(folder)
        self._opened.add(key(folder))
        await session.looked.wait()
        return session

    def touch(self, session: Session) -> None:
        """Show a session again, because what the editor knows of it changed."""
        session.seq += 1
        self._changed(session, ())

    def search(self, roots: Iterable[str]) -> None:
        """Look for competitions in workspace folders from now on, and follow those found."""
        for root in _paths(roots):
            if key(root) not in self._searches:
                search = self._searches[key(root)] = Search(root)
                search.task = asyncio.ensure_future(self._keep_searching(search))

    async def settled(self) -> None:
        """Wait until everything that was searched for was looked at once."""
        await asyncio.gather(*(search.looked.wait() for search in self._searches.values()))
        await asyncio.gather(*(session.looked.wait() for session in self.all()))

    def leave(self, roots: Iterable[str]) -> None:
        """Follow no longer what lies in these workspace folders and was not opened by itself."""
        for root in _paths(roots):
            if (search := self._searches.pop(key(root), None)) is not None:
                search.end()
        kept = {key(search.root) for search in self._searches.values()}
        for name, session in list(self._sessions.items()):
            around = {name, key(session.folder.parent)}
            if name not in self._opened and not around & kept:
                self._sessions.pop(name)
                self._end(session)

    def close(self) -> None:
        """Follow nothing any more."""
        for search in self._searches.values():
            search.end()
        for session in self.all():
            self._end(session)
        self._searches.clear()
        self._sessions.clear()

    async def _keep_searching(self, search: Search) -> None:
        """Search as long as the workspace has the folder."""
        while True:
            began = time.monotonic()
            await self._search(search)
            search.looked.set()
            await asyncio.sleep(max(SEARCH, SHARE * (time.monotonic() - began)))

    async def _search(self, search: Search) -> None:
        """One search; a bug in it is logged, and the next one may fare better."""
        try:
            loop = asyncio.get_running_loop()
            for folder in await loop.run_in_executor(self._readers, search.discovery.look):
                if key(folder) not in self._sessions:
                    with suppress(IimlError):  # it vanished since
                        self._follow(folder)
        except Exception:
            log.exception("a search in %s failed", search.root.name)

    def _follow(self, folder: Path) -> Session:
        session = Session(folder, asyncio.get_running_loop(), self._observe)
        self._sessions[key(folder)] = session
        session.task = asyncio.ensure_future(self._keep_looking(session))
        return session

    def _end(self, session: Session) -> None:
        if session.task is not None:
            session.task.cancel()
        self._readers.submit(session.watch.close)

    async def _keep_looking(self, session: Session) -> None:
        while True:
            session.wake.clear()
            await self._look(session)
            session.looked.set()
            await asyncio.sleep(PAUSE)
            patience = POLL if session.running or session.watch.blind else SLOW
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await session.wake.wait()

    async def _look(self, session: Session) -> None:
        """One look; a bug in it is logged, and the next look may fare better."""
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._readers, session.look)
            if session.take(found):
                self._changed(session, found.entries)
        except OSError as error:
            log.warning("%s cannot be looked at: %s", session.folder.name, error)
        except Exception:
            log.exception("a look at %s failed", session.folder.name)


def _paths(roots: Iterable[str]) -> list[Path]:
    """The folders among URIs; those of other machines and of no file are left out."""
    paths = []
    for root in roots:
        with suppress(Refused):
            paths.append(path_of(root))
    return paths
