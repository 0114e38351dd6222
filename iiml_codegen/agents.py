"""The agents as protocols, one question each, and the bundle that `solve` is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from iiml_codegen.domain.blueprint import Blueprint, Member
from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import BindingError
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.integration.debugging_agent import ExpertDebuggingAgent, Facts, Tried
from iiml_codegen.planning.guideline_agent import ExpertGuidelineAgent
from iiml_codegen.planning.knowledge_retriever import ExpertKnowledgeRetriever
from iiml_codegen.planning.profiling_agent import ExpertProfilingAgent, ReactiveProfilingAgent
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer


class TaskAnalyzer(Protocol):
    """What is asked?"""

    def analyse(self, inventory: Inventory, *, metric: str | None = None) -> TaskSummary:
        """Give the task summary."""


class ProfilingAgent(Protocol):
    """What is the data like?"""

    def profile(self, task: TaskSummary, inventory: Inventory) -> DataProfile:
        """Give the profile."""


class KnowledgeRetriever(Protocol):
    """What is known about such data?"""

    def retrieve(self, task: TaskSummary, profile: DataProfile, description: str = "") -> Knowledge:
        """Give facts and advice with their sources."""


class GuidelineAgent(Protocol):
    """What is the plan?"""

    def plan(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        options: SolveOptions,
    ) -> tuple[Blueprint, Contract]:
        """Give blueprint and interface contract."""


class PreprocessingCoder(Protocol):
    """How is the prep part written?"""

    def write(self, blueprint: Blueprint) -> str:
        """Give the text of `prep.py`."""


class ModelingCoder(Protocol):
    """How is a member written?"""

    def write(self, blueprint: Blueprint, member: Member) -> str:
        """Give the text of a model module."""


class DebuggingAgent(Protocol):
    """What would mend it?"""

    def propose(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried] = ()
    ) -> Iterator[Patch]:
        """Give patches one by one; whoever asks tries each before it asks for the next.

        `texts` are the modules by file name. `tried` grows while patches are tried.
        """


class Assembler(Protocol):
    """Which of several outputs that could serve is meant?"""

    def choose(
        self, tie: BindingError, model: str, observations: Sequence[Observation]
    ) -> tuple[str, str] | None:
        """Give one of the tie's choices with the reason, or None."""


class NoKnowledge:
    """The ablation `--without knowledge`."""

    def retrieve(self, task: TaskSummary, profile: DataProfile, description: str = "") -> Knowledge:
        """Nothing is retrieved."""
        return Knowledge()


@dataclass(frozen=True)
class Agents:
    """Who answers each question; `solve` does not know which family they are of.

    Without an assembler a tie of the binder stays one.
    """

    task_analyzer: TaskAnalyzer
    profiling_agent: ProfilingAgent
    knowledge_retriever: KnowledgeRetriever
    guideline_agent: GuidelineAgent
    preprocessing_coder: PreprocessingCoder
    modeling_coder: ModelingCoder
    debugging_agent: DebuggingAgent = field(default_factory=ExpertDebuggingAgent)
    assembler: Assembler | None = None


def expert_agents(options: SolveOptions, worker: WorkerClient) -> Agents:
    """The embedded expert, less what `--without` switches off."""
    reactive = "profiling" in options.without
    return Agents(
        task_analyzer=ExpertTaskAnalyzer(),
        profiling_agent=(
            ReactiveProfilingAgent() if reactive else ExpertProfilingAgent(worker, options.budget)
        ),
        knowledge_retriever=(
            NoKnowledge()
            if "knowledge" in options.without
            else ExpertKnowledgeRetriever(learned=options.learn)
        ),
        guideline_agent=ExpertGuidelineAgent(),
        preprocessing_coder=ExpertPreprocessingCoder(),
        modeling_coder=ExpertModelingCoder(),
    )
