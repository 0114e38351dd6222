"""Following a solve: read its journal until it ends, and pass on the wish to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from iiml_codegen.domain.events import Entry, SolveStarted
from iiml_codegen.journal import Journal
from iiml_codegen.viewing.solve_view import SolveView

LOOK_SECONDS = 0.15
LAST_LOOK_SECONDS = 15.0
"""How long the solver may still write its report after it said how the solve ended."""


class Viewer(Protocol):
    """Shows a solve to somebody."""

    def show(self, view: SolveView, entry: Entry) -> None:
        """Show an entry that `view` has just taken in."""

    def tick(self, view: SolveView) -> None:
        """Time has passed."""

    def say(self, text: str) -> None:
        """Show a line that is no event."""

    def close(self) -> None:
        """The solve ended, we leave it, or something went wrong; whoever made the viewer calls."""


class Outcome(Enum):
    """Why following stopped."""

    ENDED = "ended"
    INTERRUPTED = "interrupted"
    DETACHED = "detached"
    LOST = "lost"


class Follower:
    """Follows the solve of process `pid`. Ctrl-C once asks it to stop, twice leaves it alone."""

    def __init__(
        self,
        journal: Journal,
        viewer: Viewer,
        pid: int,
        *,
        alive: Callable[[], bool],
        ask_to_stop: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._viewer = viewer
        self._pid = pid
        self._alive = alive
        self._ask_to_stop = ask_to_stop
        self._interrupted = False
        self._seen = 0
        self.view = SolveView()

    def follow(self, after: int) -> Outcome:
        """Show everything above entry `after` that belongs to our solve, until it ends."""
        self._seen = after
        while True:
            try:
                return self._look()
            except KeyboardInterrupt:
                if self._interrupted:
                    return Outcome.DETACHED
                self._interrupt()

    def _look(self) -> Outcome:
        """Read and wait until the solve is over; returns the reason."""
        while True:
            # Asked before reading: what a solver wrote before its end is read after it.
            alive = self._alive()
            for entry in self._journal.read(self._seen):
                self._seen = entry.seq
                self._take(entry)
            if self.view.ended is not None:
                self._wait_for_exit()
                return Outcome.INTERRUPTED if self._interrupted else Outcome.ENDED
            if not alive:
                return Outcome.LOST
            self._viewer.tick(self.view)
            time.sleep(LOOK_SECONDS)

    def _take(self, entry: Entry) -> None:
        """Entries of an earlier solve are none of ours."""
        ours = self.view.started is not None
        if isinstance(entry.event, SolveStarted):
            ours = entry.event.pid == self._pid
        if ours and self.view.ended is None:
            self.view.apply(entry)
            self._viewer.show(self.view, entry)

    def _interrupt(self) -> None:
        self._interrupted = True
        self._viewer.say("Stopping; the best so far is kept. Ctrl-C again leaves the solver alone.")
        self._ask_to_stop()

    def _wait_for_exit(self) -> None:
        deadline = time.monotonic() + LAST_LOOK_SECONDS
        while self._alive() and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
