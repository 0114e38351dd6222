"""Candidates that a second line of thought hands over while the exploration runs.

The exploration's thread owns all candidates; the second line sees them as snapshots, and waits for
what becomes of its own. Nothing here knows who thinks.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.code import CandidateCode

OF_A_MODEL = re.compile(r"L\d+-")


def is_models(candidate: str) -> bool:
    """Whether a candidate's id is that of one which a language model wrote."""
    return OF_A_MODEL.match(candidate) is not None


@dataclass(frozen=True)
class Seen:
    """A candidate as it stood; `code` is a copy.

    `settled`: nothing more happens to it; `cleared`: it is scored on all folds, and no leak test
    refused it.
    """

    code: CandidateCode
    candidate: Candidate
    raws: Mapping[int, Path]
    fold_seconds: float
    settled: bool
    cleared: bool

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.candidate.id


@dataclass(frozen=True)
class Board:
    """Where the exploration stands: candidates, seconds left for exploring, whose turn it is.

    `turn`: the expert's own candidates do not need the machine more.
    """

    candidates: tuple[Seen, ...] = ()
    time_left: float = float("inf")
    turn: bool = False

    def get(self, candidate: str) -> Seen | None:
        """A candidate by its id."""
        return next((one for one in self.candidates if one.id == candidate), None)

    def settled(self, candidate: str) -> bool:
        """Whether it is known what became of a candidate."""
        found = self.get(candidate)
        return found is not None and found.settled


@dataclass(frozen=True)
class Verdict:
    """What the second line thinks of one of its candidates once it is measured."""

    candidate: str
    dropped: bool
    note: str


@dataclass
class Incoming:
    """The seam between both threads. Without a second line nothing ever comes.

    `sets` are ids of candidates that the second line thinks worth a blend of their own.
    """

    open: bool = False
    over: bool = False
    board: Board = field(default_factory=Board)
    sets: tuple[tuple[str, ...], ...] = ()
    _handed: list[Attempt] = field(default_factory=list)
    _verdicts: list[Verdict] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def begin(self) -> None:
        """More may come from now on."""
        self.open = True

    def end(self) -> None:
        """Nothing more comes; for the second line."""
        with self._changed:
            self.open = False
            self._changed.notify_all()

    def hand_in(self, attempt: Attempt) -> None:
        """Let a candidate be explored when its turn comes."""
        with self._changed:
            self._handed.append(attempt)
            self._changed.notify_all()

    def judge(self, verdict: Verdict) -> None:
        """Say whether a measured candidate is worth going on with."""
        with self._changed:
            self._verdicts.append(verdict)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Board], bool]) -> Board | None:
        """Wait until the board is as wanted; None where exploring is over before."""
        with self._changed:
            self._changed.wait_for(lambda: self.over or wanted(self.board))
            return self.board if wanted(self.board) else None

    def take(self) -> tuple[Sequence[Attempt], Sequence[Verdict]]:
        """What came since the last time; for the exploration."""
        with self._changed:
            handed, self._handed = self._handed, []
            verdicts, self._verdicts = self._verdicts, []
        return handed, verdicts

    def publish(self, board: Board) -> None:
        """Show where the exploration stands."""
        with self._changed:
            self.board = board
            self._changed.notify_all()

    def has_more(self) -> bool:
        """Whether something came that was not taken, or may still come."""
        with self._changed:
            return self.open or bool(self._handed or self._verdicts)

    def wait(self, seconds: float) -> None:
        """Wait for something to come, or for the second line's end."""
        with self._changed:
            self._changed.wait_for(
                lambda: bool(self._handed or self._verdicts) or not self.open, seconds
            )

    def close(self) -> None:
        """Exploring is over: nobody waits any longer."""
        with self._changed:
            self.over = True
            self._changed.notify_all()
