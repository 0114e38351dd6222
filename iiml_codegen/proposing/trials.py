"""Trials: a candidate climbs the ladder, and is explored like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from iiml_codegen.budget import Budget
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.incoming import Board, Incoming, Seen
from iiml_codegen.search.prep_check import give_up
from iiml_codegen.search.sample_run import sample_shadow
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.yours import why_not


class ExploringOverError(Exception):
    """The time for exploring is over: the second line ends."""


class TimeForExploring(Budget):
    """The solve's budget as the second line has it: it ends when exploring does."""

    def __init__(self, budget: Budget, incoming: Incoming) -> None:
        super().__init__(budget.total)
        self._budget = budget
        self._incoming = incoming

    def used(self) -> float:
        """Seconds since the solve's start."""
        return self._budget.used()

    def left(self) -> float:
        """Seconds until exploring ends."""
        if self._incoming.over:
            return 0.0
        return max(0.0, min(self._budget.left(), self._incoming.board.time_left))


def beside(bench: Bench, incoming: Incoming) -> Bench:
    """The bench as the second line has it."""
    budget = TimeForExploring(bench.context.budget, incoming)
    return replace(bench, context=replace(bench.context, budget=budget))


class Trials:
    """Hands candidates to the exploration; belongs to the second line's thread."""

    def __init__(self, bench: Bench, incoming: Incoming) -> None:
        self.bench = bench
        self.incoming = incoming
        self.made = 0

    def number(self) -> int:
        """The next candidate's number."""
        self.made += 1
        return self.made

    @cached_property
    def sample(self) -> Shadow | None:
        """The shadow on which candidates climb; None where all rows are few enough."""
        return sample_shadow(self.bench)

    def board(self) -> Board:
        """Where the exploration stands; raises ExploringOverError."""
        return self.when(lambda board: True)

    def when(self, wanted: Callable[[Board], bool]) -> Board:
        """The board once it is as wanted; raises ExploringOverError where it never is."""
        board = self.incoming.wait_for(wanted)
        if board is None or self.incoming.over or self.bench.seconds_left <= 0:
            raise ExploringOverError
        return board

    def hand_in(self, code: CandidateCode, fold_seconds: float) -> str:
        """Explore a candidate if it comes up the ladder; else why it does not.

        The ladder is climbed when the plan's own candidates leave room for it.
        """
        code.folder.mkdir(parents=True, exist_ok=True)
        attempt = Attempt(code, estimate=fold_seconds)
        self.when(lambda board: board.turn)
        why = why_not(self.bench, code, self.sample)
        self.board()
        if why:
            give_up(self.bench, attempt, why)
        else:
            self.incoming.hand_in(attempt)
        return why

    def outcome(self, candidate: str) -> Seen:
        """What became of a candidate, once that is known."""
        found = self.when(lambda board: board.settled(candidate)).get(candidate)
        assert found is not None
        return found
