"""Trials: a candidate climbs the ladder, and is explored like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from iiml_codegen.backbones.asking import Asker, nothing_wrong
from iiml_codegen.budget import Budget
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import Frozen, from_json
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.estimating import estimated
from iiml_codegen.search.incoming import Board, Incoming, Seen
from iiml_codegen.search.measured import measured
from iiml_codegen.search.prep_check import give_up
from iiml_codegen.search.sample_run import sample_shadow
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import run_id
from iiml_codegen.search.yours import why_not

A = TypeVar("A", bound=Frozen)
MOST_REPAIRS = 5
"""Patches for one candidate: each is a run beside those of the plan's own candidates."""


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


class AskerWhileExploring:
    """Asks as long as exploring goes on, and for no answer that would come later."""

    def __init__(self, asker: Asker, bench: Bench) -> None:
        self._asker = asker
        self._bench = bench

    @property
    def share_values(self) -> bool:
        """Whether prompts may hold values of cells."""
        return self._asker.share_values

    def grounds(self, agent: str) -> bool:
        """Whether the backbone behind an agent can search the web."""
        return self._asker.grounds(agent)

    def within(self, seconds: float) -> Asker:
        """The same, but with answers that come within so many seconds."""
        return self._asker.within(min(seconds, self._bench.seconds_left))

    def ask(
        self,
        agent: str,
        parts: Mapping[str, Any],
        answer: type[A],
        *,
        check: Callable[[A], str] = nothing_wrong,
        rounds: int | None = None,
        search: bool = False,
        prompt: str | None = None,
    ) -> A:
        """See `Asker`; raises ExploringOverError where no time is left."""
        left = self._bench.seconds_left
        if left <= 0:
            raise ExploringOverError
        asker = self._asker.within(left)
        return asker.ask(
            agent, parts, answer, check=check, rounds=rounds, search=search, prompt=prompt
        )


def beside(bench: Bench, incoming: Incoming) -> Bench:
    """The bench as the second line has it."""
    budget, context = TimeForExploring(bench.context.budget, incoming), bench.context
    rounds = min(MOST_REPAIRS, context.options.repair_rounds)
    options = msgspec.structs.replace(context.options, repair_rounds=rounds)
    return replace(bench, context=replace(context, budget=budget, options=options))


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

        `fold_seconds` is what one fold should take; the climb tells that better.
        The ladder is climbed when the plan's own candidates leave room for it.
        """
        code.folder.mkdir(parents=True, exist_ok=True)
        self.when(lambda board: board.turn)
        why = why_not(self.bench, code, self.sample)
        self.board()
        if why:
            give_up(self.bench, Attempt(code, estimate=fold_seconds), why)
        else:
            seconds = self.seconds_seen(code) or fold_seconds
            self.incoming.hand_in(Attempt(code, estimate=seconds))
        return why

    def seconds_seen(self, code: CandidateCode) -> float | None:
        """What a fold should take, by the run at the top of the ladder."""
        folder = self.bench.context.workspace.run(run_id(code, "sample"))
        try:
            result = from_json((folder / "result.json").read_bytes(), RunResult)
            shadow = self.sample or self.bench.shadow(0)
            others = shadow.n_fold + self.bench.shadows.test_rows
            run = measured(folder, result, shadow.train_rows, others, shadow.train_rows + others)
            return estimated(self.bench, run).seconds
        except (OSError, KeyError, msgspec.MsgspecError):
            return None

    def outcome(self, candidate: str) -> Seen:
        """What became of a candidate, once that is known."""
        found = self.when(lambda board: board.settled(candidate)).get(candidate)
        assert found is not None
        return found
