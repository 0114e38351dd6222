"""Custom architecture retriever on a backbone: which network suits such rows, and why."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.backbones.agents.retrieved import Retrieving
from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.web_search import WebSearch
from iiml_codegen.domain.knowledge import Fact, Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.planning.knowledge_search import search

AGENT = "custom_architecture_retriever"
MOST_COLUMNS, MOST_FOUND = 15, 6


@dataclass(frozen=True)
class BackboneCustomArchitectureRetriever:
    """Asks for architectures that fit modality and size.

    What solves on this machine taught is left out: it tells nothing of architectures, and a prompt
    that it changed would be paid again when the same data are solved again.
    """

    asker: Asker
    web: WebSearch | None = None

    def retrieve(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        reading: TaskReading | None = None,
    ) -> tuple[Fact, ...]:
        """Architectures as facts, the first one first to try. Raises `NoAnswerError`."""
        media = " ".join(sorted({one.kind for one in task.layout.media}))
        query = f"neural network architecture {task.kind} {media}"
        local = search(query, knowledge.traits, MOST_FOUND, learned=False)
        retrieving = Retrieving(AGENT, "model", MOST_COLUMNS, self.asker, self.web)
        return retrieving.facts(task, profile, reading, local, f"{query} pytorch")
