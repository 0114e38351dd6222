"""Phase I of a model's own line: it reads, measures, retrieves and plans beside the expert."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from msgspec.structs import replace

from iiml_codegen.backbones.agents.custom_architecture_retriever import (
    BackboneCustomArchitectureRetriever,
)
from iiml_codegen.backbones.agents.guideline_agent import BackboneGuidelineAgent
from iiml_codegen.backbones.agents.knowledge_retriever import BackboneKnowledgeRetriever
from iiml_codegen.backbones.agents.planned_pipeline import Ground
from iiml_codegen.backbones.agents.profiling_agent import BackboneProfilingAgent
from iiml_codegen.backbones.agents.retrieved import fact_lines
from iiml_codegen.backbones.agents.task_analyzer import BackboneTaskAnalyzer, TaskReading
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.pretrained import as_facts, chosen_checkpoints, with_weights
from iiml_codegen.domain.blueprint import Blueprint, Member, Track
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.knowledge import Fact, Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.interpreter import DEEP, DEEP_TRACKS, describe
from iiml_codegen.planning.checkpoints import Checkpoint

MOST_DESCRIPTION = 64_000
MOST_ADVICE = 10
T = TypeVar("T")


@dataclass(frozen=True)
class ModelPlan:
    """What the model's line plans: one preparation, and a member for each of its tracks.

    `reading` is None where the description was not read, `findings` (JSON) empty where nothing
    more was measured. `knowledge` is the expert's with the retrieved advice before it.
    """

    blueprint: Blueprint
    contract: Contract
    knowledge: Knowledge
    reading: TaskReading | None = None
    findings: str = ""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks that have a member."""
        return tuple(member.track for member in self.blueprint.members)

    def advice(self) -> tuple[str, ...]:
        """What coders should know besides the plan, a line each."""
        lines = self.reading.told().splitlines() if self.reading else []
        lines += [f"measured by the profiling agent: {self.findings}"] if self.findings else []
        return (*lines, *fact_lines(self.knowledge.advice[:MOST_ADVICE]))

    def for_track(self, track: Track) -> tuple[Blueprint, Contract]:
        """The plan of one track: its member, its steps, its view. Raises KeyError."""
        members = tuple(one for one in self.blueprint.members if one.track == track)
        if not members:
            raise KeyError(track)
        names = {one.name for one in members}
        views = {view for one in members for view in one.views}
        steps = tuple(s for s in self.blueprint.steps if s.member is None or s.member in names)
        outputs = {f"{view}_{side}" for view in views for side in ("train", "test")}
        outputs.add(self.contract.target_output)
        contract = replace(
            self.contract,
            views=tuple(view for view in self.contract.views if view.name in views),
            clauses=tuple(one for one in self.contract.clauses if one.output in outputs),
        )
        return replace(self.blueprint, steps=steps, members=members), contract


@dataclass(frozen=True)
class PlanningLine:
    """Asks the planning agents; whoever has no answer is stood in for by the expert.

    `folder` is where the data are read; the competition itself unless given.
    """

    asker: Asker
    context: SolveContext
    folder: str = ""

    def plan(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        blueprint: Blueprint,
        contract: Contract,
    ) -> ModelPlan:
        """A plan of the model's own. Raises `NoAnswerError` where the guideline agent has none."""
        reading = answered(lambda: self.read(task, profile))
        measuring = Beside(lambda: self.measure(task, profile, reading))
        knowing = Beside(lambda: self.retrieve(task, profile, knowledge, reading))
        building = Beside(lambda: self.architectures(task, profile, knowledge, reading))
        looking = Beside(lambda: self.weights(task, profile, reading))
        findings, known, weights = measuring.result(), knowing.result(), looking.result()
        advice = (*as_facts(weights), *building.result(), *known.advice)
        known = replace(known, advice=advice)
        leaks = self.context.options.use_suspected_leaks
        ground = Ground(task, profile, blueprint, self.tracks(weights), leaks)
        planned, agreed = BackboneGuidelineAgent(self.asker).plan(
            ground,
            reading=reading.told() if reading else "",
            findings=findings,
            advice=known.advice or known.facts,
        )
        return ModelPlan(adapting(planned, weights), agreed, known, reading, findings)

    def read(self, task: TaskSummary, profile: DataProfile) -> TaskReading:
        """What the description says. Raises `NoAnswerError`."""
        columns = [column.name for column in profile.columns]
        return BackboneTaskAnalyzer(self.asker).read(self.description(task), columns, task)

    def description(self, task: TaskSummary) -> str:
        """The description's text; empty without one."""
        if not task.description_file:
            return ""
        try:
            with (Path(self.data) / task.description_file).open("rb") as file:
                return file.read(MOST_DESCRIPTION).decode("utf-8", "replace")
        except OSError:
            return ""

    @property
    def data(self) -> str:
        """Where the data are read."""
        return self.folder or str(self.context.workspace.folder)

    def measure(self, task: TaskSummary, profile: DataProfile, reading: TaskReading | None) -> str:
        """Facts that a script of the model's measured, as JSON; empty where there are none."""
        if "profiling" in self.context.options.without:
            return ""
        agent = BackboneProfilingAgent(self.asker, self.context, self.data)
        told = reading.told() if reading else ""
        return answered(lambda: agent.measure(task, profile, told)) or ""

    def retrieve(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        reading: TaskReading | None,
    ) -> Knowledge:
        """What is known of the domain; the expert's knowledge where nothing was retrieved."""
        if "knowledge" in self.context.options.without:
            return knowledge
        agent = BackboneKnowledgeRetriever(self.asker, self.context.web, self.context.options.learn)
        return answered(lambda: agent.retrieve(task, profile, knowledge, reading)) or knowledge

    def weights(
        self, task: TaskSummary, profile: DataProfile, reading: TaskReading | None
    ) -> tuple[Checkpoint, ...]:
        """Pretrained weights to adapt, where that track is asked for."""
        if "pretrained" not in self.context.options.tracks:
            return ()
        return chosen_checkpoints(self.asker, self.context, task, profile, reading)

    def tracks(self, weights: Sequence[Checkpoint]) -> tuple[Track, ...]:
        """The tracks to plan for. Without weights there is nothing to adapt, without torch no net.

        Raises `NoAnswerError` where that leaves none.
        """
        asked = self.context.options.tracks
        tracks = tuple(track for track in asked if track != "pretrained" or weights)
        if set(tracks) & set(DEEP_TRACKS) and describe(self.context.interpreter, DEEP).missing:
            tracks = tuple(track for track in tracks if track not in DEEP_TRACKS)
        if not tracks:
            raise NoAnswerError(
                "no pretrained weights or no torch are at hand, and no other track is asked for"
            )
        return tracks

    def architectures(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        reading: TaskReading | None,
    ) -> tuple[Fact, ...]:
        """Networks to try, where that track is asked for."""
        options = self.context.options
        if "custom_nn" not in options.tracks or "knowledge" in options.without:
            return ()
        agent = BackboneCustomArchitectureRetriever(self.asker, self.context.web)
        return answered(lambda: agent.retrieve(task, profile, knowledge, reading)) or ()


def adapting(blueprint: Blueprint, weights: Sequence[Checkpoint]) -> Blueprint:
    """The plan with the place of the weights that its pretrained member adapts."""

    def planned(member: Member) -> str:
        return " ".join(f"{step.title} {step.why}" for step in blueprint.steps_of(member.name))

    members = tuple(with_weights(one, planned(one), weights) for one in blueprint.members)
    return replace(blueprint, members=members)


class Beside(Generic[T]):
    """A question in a thread of its own, which does not keep the process from ending."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._future: Future[T] = Future()
        threading.Thread(target=self._run, name="planning", daemon=True).start()

    def result(self) -> T:
        """The answer, waited for; raises what asking raised."""
        return self._future.result()

    def _run(self) -> None:
        try:
            self._future.set_result(self._ask())
        except Exception as error:  # noqa: BLE001  (the thread's boundary; `result` raises it)
            self._future.set_exception(error)


def answered(ask: Callable[[], T]) -> T | None:
    """The answer, or None where there is none."""
    try:
        return ask()
    except (NoAnswerError, EnvironmentProblem):
        return None
