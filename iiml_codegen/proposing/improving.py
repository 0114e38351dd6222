"""Improving: ideas for one step at a time, each tried as a candidate, kept where it is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from iiml_codegen.backbones.agents.coding import CodingTask
from iiml_codegen.backbones.agents.ensembler import BackboneEnsembler
from iiml_codegen.backbones.agents.evaluation_agent import BackboneEvaluationAgent
from iiml_codegen.backbones.agents.improvement_coder import BackboneImprovementCoder, Coding
from iiml_codegen.backbones.agents.improver import MOST_IDEAS, NEW, BackboneImprover, Idea
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.domain.events import IdeaOutcome, IdeaTried
from iiml_codegen.errors import IimlError
from iiml_codegen.proposing.changes import (
    Change,
    child_of,
    planned_change,
    steps_open,
    with_prep_of,
)
from iiml_codegen.proposing.memory import Memory, board_lines, ranked, value
from iiml_codegen.proposing.trials import Trials
from iiml_codegen.search.ablation import step_worths, time_for_it
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.comparing import Compared, compared
from iiml_codegen.search.incoming import Board, Seen, Verdict, is_models

KEPT = 0.75
"""How likely an idea must be better than its parent."""
ALIKE = 1.0
"""Standard errors within which the faster of two candidates is the better one to try ideas on."""
MOST_FRUITLESS = 4
"""Rounds in a row without an idea that was kept, after which it is enough."""
MOST_OTHERS = 4
SLACK = 1.3
READY_SHARE = 0.5
SEEN_COLUMNS = 40
LONGEST_DESCRIPTION = 3_000


class Improving:
    """One search in the tree of attempts; `given` is what coders may know."""

    def __init__(self, asker: Asker, trials: Trials, given: CodingTask, memory: Memory) -> None:
        self.asker = asker
        self.trials = trials
        self.bench = trials.bench
        self.given = given
        self.memory = memory
        self.digest = Digest(share_values=asker.share_values)
        self.kept: list[str] = []
        self.dropped: set[str] = set()
        self.measured = False

    def run(self) -> None:
        """Go on while there are ideas and time; then let other models have what was kept.

        Raises ExploringOverError when time is over, and NoAnswerError where no more ideas come.
        """
        try:
            self.rounds()
        finally:
            self.spread()

    def rounds(self) -> None:
        """Rounds of ideas."""
        fruitless = 0
        while fruitless < MOST_FRUITLESS:
            board = self.trials.when(self.ready)
            if not ranked(self.bench, board.candidates) or not self.time_for_more(board):
                return
            ideas = self.ideas(board)
            if not ideas:
                return
            before = len(self.kept)
            for idea in ideas:
                if self.time_for_more(self.trials.board()):
                    self.try_out(idea)
            fruitless = 0 if len(self.kept) > before else fruitless + 1

    def ready(self, board: Board) -> bool:
        """Whether the candidates there are were measured, or had their share of the time."""
        if not any(one.cleared for one in board.candidates):
            return board.turn and all(one.settled for one in board.candidates)
        late = self.bench.context.budget.fraction_used() > READY_SHARE
        return late or all(one.settled for one in board.candidates)

    def base(self, board: Board) -> Seen:
        """What ideas are tried on: among the best that are alike, one that was kept, or is fast."""
        cleared = ranked(self.bench, board.candidates)
        best, *others = [one for one in cleared if one.id not in self.dropped] or cleared
        assert best.candidate.score is not None
        near = ALIKE * best.candidate.score.standard_error
        alike = [best, *(one for one in others if abs(value(one) - value(best)) <= near)]
        return min(alike, key=lambda one: (one.id not in self.kept, one.fold_seconds, one.id))

    def ideas(self, board: Board) -> tuple[Idea, ...]:
        """What the model proposes, less what was tried."""
        base, metric = self.base(board), self.bench.task.metric
        self.measure(base)
        cleared = ranked(self.bench, board.candidates)
        self.look_back(cleared)
        blueprint = self.bench.blueprint_of(base.code)
        steps = steps_open(blueprint, base.code.member)
        parts = {
            "task": self.digest.task(self.bench.task),
            "description": description(self.bench),
            "columns": self.digest.profile(self.bench.profile, self.bench.task),
            "base": base.id,
            "steps": "\n".join(self.digest.step(step) for step in steps),
            "board": list(board_lines(self.bench, cleared)),
            "worths": self.memory.worth_lines(base.id, metric),
            "tried": self.memory.tried_lines(metric),
            "lessons": self.memory.lessons,
            "advice": "\n".join(self.given.advice),
            "most": MOST_IDEAS,
        }
        known = {one.id: one for one in cleared}

        def wrong(idea: Idea) -> str:
            parent = known.get(idea.candidate.strip() or base.id)
            if parent is None:
                return f"there is no candidate {idea.candidate}; leave it empty to change {base.id}"
            plan = self.bench.blueprint_of(parent.code)
            ids = [step.id for step in steps_open(plan, parent.code.member)]
            if idea.step.strip() not in (NEW, *ids):
                return f"{parent.id} has no step {idea.step}; its steps are {', '.join(ids)}"
            return "" if idea.title.strip() and idea.change.strip() else "title or change is empty"

        found = BackboneImprover(self.asker).propose(parts, wrong)
        return tuple(
            Idea(one.step, one.title, one.why, one.change, one.candidate or base.id)
            for one in found
            if self.memory.is_new(one)
        )

    def measure(self, base: Seen) -> None:
        """Find out once what the steps of the base are worth."""
        if self.measured:
            return
        self.measured = True
        seconds = time_for_it(self.bench)
        for worth in step_worths(self.bench, base.code, base.raws, base.fold_seconds, seconds):
            self.memory.worths.append(worth)
            self.bench.context.journal.append(worth)

    def look_back(self, cleared: Sequence[Seen]) -> None:
        """Ask what is to be learnt from what was tried; it only advises."""
        if not self.memory.tried:
            return
        self.think_of_sets(cleared)
        try:
            agent = BackboneEvaluationAgent(self.asker)
            found = agent.read([one.candidate for one in cleared], self.bench.task)
        except NoAnswerError:
            return
        self.memory.learnt(found.lesson)

    def think_of_sets(self, cleared: Sequence[Seen]) -> None:
        """Ask which candidates are worth a blend of their own; their blend's score decides."""
        agent = BackboneEnsembler(self.asker)
        found = agent.propose([one.candidate for one in cleared], self.bench.task)
        self.trials.incoming.sets = found or self.trials.incoming.sets

    def try_out(self, idea: Idea) -> None:
        """One idea, from its text to its score."""
        parent = self.trials.board().get(idea.candidate)
        if parent is None:
            return
        self.memory.begin(idea)
        number = self.trials.number()
        change = planned_change(self.bench.blueprint_of(parent.code), parent.code, idea, number)
        name = f"L{number}-{change.step.id}"
        try:
            text = self.written(parent, change, idea)
        except NoAnswerError as error:
            self.tell(name, parent, change, "failed", reason=str(error))
            return
        code = child_of(self.bench, parent.code, change, text, number)
        why = self.trials.hand_in(code, parent.fold_seconds)
        if why:
            self.tell(name, parent, change, "failed", candidate=name, reason=why)
            return
        self.judge(parent, change, self.trials.outcome(name))

    def written(self, parent: Seen, change: Change, idea: Idea) -> str:
        """The edited module; raises NoAnswerError."""
        check = replace(self.given, contract=self.bench.contract_of(parent.code)).check()
        seen = (
            f"{o.output}: {', '.join(o.column_names[:SEEN_COLUMNS])}"
            for o in parent.code.observations
            if not o.output.endswith("_test")
        )
        coding = Coding(
            file=change.file,
            text=parent.code.modules()[change.file],
            step=change.step.id,
            title=change.step.title,
            change=idea.change,
            about={
                "columns": self.digest.profile(self.bench.profile, self.bench.task, most=30),
                "seen": "\n".join(seen),
                "libraries": self.given.libraries(),
            },
        )
        return BackboneImprovementCoder(self.asker).write(
            coding,
            lambda text: check.said(change.file, text, change.blueprint),
            lambda text: check.mended(change.file, text, change.blueprint),
        )

    def judge(self, parent: Seen, change: Change, child: Seen) -> None:
        """Keep what is better than its parent."""
        if not child.cleared:
            note = child.candidate.note.removeprefix(child.code.origin).lstrip("; ")
            why = note or child.candidate.status
            outcome: IdeaOutcome = "dropped" if child.candidate.status == "stopped" else "failed"
            self.tell(child.id, parent, change, outcome, candidate=child.id, reason=why)
            return
        try:
            found = compared(self.bench, child.raws, parent.raws)
        except IimlError as error:
            said = f"not compared: {error}"
            self.tell(child.id, parent, change, "failed", candidate=child.id, reason=said)
            return
        kept = found.p_better >= KEPT
        if kept:
            self.kept.append(child.id)
        else:
            self.dropped.add(child.id)
        note = f"{'kept' if kept else 'dropped'}: P(better) {found.p_better:.2f}"
        self.trials.incoming.judge(Verdict(child.id, dropped=not kept, note=note))
        outcome = "kept" if kept else "dropped"
        self.tell(child.id, parent, change, outcome, candidate=child.id, found=found)

    def tell(
        self,
        name: str,
        parent: Seen,
        change: Change,
        outcome: IdeaOutcome,
        *,
        candidate: str | None = None,
        reason: str = "",
        found: Compared | None = None,
    ) -> None:
        """Put what became of an idea on record."""
        event = IdeaTried(
            idea=name,
            parent=parent.id,
            step=change.step.id,
            title=change.step.title,
            why=change.step.why,
            outcome=outcome,
            candidate=candidate,
            reason=reason,
            difference=found.difference if found else None,
            standard_error=found.standard_error if found else None,
            p_better=found.p_better if found else None,
        )
        self.memory.tried.append(event)
        self.bench.context.journal.append(event)

    def others(self, board: Board) -> list[Seen]:
        """Strong models that do not have the best candidate's prep, where ideas changed that."""
        cleared = ranked(self.bench, board.candidates)
        best = next((one for one in cleared if one.id in self.kept), None)
        if best is None:
            return []
        with_it = {one.code.model for one in cleared if one.code.prep == best.code.prep}
        contract = self.bench.contract_of(best.code)
        fitting = [
            one
            for one in cleared
            if one.code.prep != best.code.prep
            and one.code.model not in with_it
            and self.bench.contract_of(one.code) == contract
            and not is_models(one.id)
        ]
        return fitting[:MOST_OTHERS]

    def time_for_more(self, board: Board) -> bool:
        """Whether an idea can be tried and others still be measured with the prep that was kept."""
        folds = len(self.bench.shadows.folds)
        others = sum(one.fold_seconds * folds for one in self.others(board)) / self.bench.slots
        idea = self.base(board).fold_seconds * folds / self.bench.slots
        return board.time_left > (others + idea) * SLACK

    def spread(self) -> None:
        """Measure other strong models with the prep of the best idea: ensembles need one prep."""
        board = self.trials.board()
        others = self.others(board)
        if not others:
            return
        best = next(o for o in ranked(self.bench, board.candidates) if o.id in self.kept)
        codes = [
            (with_prep_of(self.bench, one.code, best.code, self.trials.number()), one.fold_seconds)
            for one in others
        ]
        handed = [code.id for code, seconds in codes if not self.trials.hand_in(code, seconds)]
        for name in handed:
            self.trials.outcome(name)
        self.think_of_sets(ranked(self.bench, self.trials.board().candidates))


def description(bench: Bench) -> str:
    """The beginning of what the competition says of itself."""
    name = bench.task.description_file
    if name is None:
        return ""
    try:
        with (Path(bench.folder) / name).open(encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST_DESCRIPTION)
    except OSError:
        return ""
