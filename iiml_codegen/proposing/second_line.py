"""The second line: a thread in which a model's agents plan, write and improve, beside the solve."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from iiml_codegen.backbones.agents.coding import CodingTask, write_first_code
from iiml_codegen.backbones.agents.second_agents import with_models
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.backbones.planning_line import ModelPlan, PlanningLine
from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.events import Note
from iiml_codegen.errors import IimlError
from iiml_codegen.proposing.improving import Improving
from iiml_codegen.proposing.memory import Memory
from iiml_codegen.proposing.trials import AskerWhileExploring, ExploringOverError, Trials, beside
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.incoming import Incoming

ENDING_SECONDS = 5.0
"""How long the solve's end waits for the thread; what it asks for is stopped by then."""


@contextmanager
def second_line(bench: Bench, asker: Asker) -> Iterator[Incoming]:
    """Let a model think for as long as the block runs; what comes of it is `Incoming`."""
    incoming = Incoming()
    incoming.begin()
    line = SecondLine(bench, asker, incoming)
    thread = threading.Thread(target=line.run, name="second line", daemon=True)
    thread.start()
    try:
        yield incoming
    finally:
        incoming.close()
        thread.join(ENDING_SECONDS)


class SecondLine:
    """One solve's second line."""

    def __init__(self, bench: Bench, asker: Asker, incoming: Incoming) -> None:
        self.incoming = incoming
        bench = beside(bench, incoming)
        self.asker = AskerWhileExploring(asker, bench)
        context, agents = bench.context, bench.agents
        agents = with_models(agents, self.asker, context.options, context.web)
        self.bench = replace(bench, agents=agents)
        self.trials = Trials(self.bench, incoming)
        self.memory = Memory()

    def run(self) -> None:
        """Think until there is nothing more, or no time; no trouble leaves this thread."""
        try:
            self.think()
        except ExploringOverError:
            return
        except Exception as error:  # noqa: BLE001  (the thread's boundary)
            self.tell(f"the language model's line ended: {type(error).__name__}: {error}")
        finally:
            self.incoming.end()

    def tell(self, text: str) -> None:
        """Note something, unless the solve is over."""
        if self.incoming.over:
            return
        try:
            self.bench.context.journal.append(Note(level="warning", text=text))
        except IimlError:
            return

    def think(self) -> None:
        """Plan, write first code, improve."""
        plan = self.planned()
        advice: tuple[str, ...] = ()
        if plan is not None:
            advice = plan.advice()
            self.write_first(plan, advice)
        given = self.given(advice)
        try:
            Improving(self.asker, self.trials, given, self.memory).run()
        except NoAnswerError as error:
            self.tell(f"no more ideas from the language model: {error}")

    def planned(self) -> ModelPlan | None:
        """The model's own plan; None where it gives none."""
        bench = self.bench
        try:
            line = PlanningLine(self.asker, bench.context, folder=bench.folder)
            return line.plan(
                bench.task, bench.profile, bench.knowledge, bench.blueprint, bench.contract
            )
        except NoAnswerError as error:
            self.tell(f"the language model gave no plan, the expert's is improved: {error}")
            return None

    def write_first(self, plan: ModelPlan, advice: tuple[str, ...]) -> None:
        """One candidate for each member of the model's plan; one prep serves them all."""
        prep: str | None = None
        for member in plan.blueprint.members:
            try:
                prep = self.write_member(plan, member, advice, prep)
            except NoAnswerError as error:
                said = f"the language model wrote no code for {member.track}: {error}"
                self.tell(said)

    def write_member(
        self, plan: ModelPlan, member: Member, advice: tuple[str, ...], prep: str | None
    ) -> str | None:
        """Write a member's code and hand it in; the prep that came of it serves the next one."""
        given = replace(self.given(advice), contract=plan.contract)
        texts = write_first_code(self.asker, given, plan.blueprint, member, prep=prep)
        name = f"L{self.trials.number()}-{member.track}"
        code = CandidateCode(
            id=name,
            member=member,
            folder=self.bench.context.workspace.candidate(name),
            prep=texts[0],
            model=texts[1],
            task=self.bench.task,
            blueprint=plan.blueprint,
            contract=plan.contract,
            origin="written by the language model to its own plan",
        )
        return prep if self.trials.hand_in(code, member.cost) else code.prep

    def given(self, advice: tuple[str, ...]) -> CodingTask:
        """What coders may know."""
        bench, digest = self.bench, Digest(share_values=self.asker.share_values)
        folds = bench.blueprint.folds
        return CodingTask(
            task=bench.task,
            profile=bench.profile,
            contract=bench.contract,
            files=bench.files,
            installed=bench.installed,
            folds=f"Scored out of fold on {folds.folds} {folds.strategy} folds.",
            advice=advice or tuple(digest.knowledge(bench.knowledge).splitlines()),
            digest=f"{digest.task(bench.task)}\n{digest.profile(bench.profile, bench.task)}",
        )
