"""Knowledge retriever on a backbone: what is known of a domain, from sources and from the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from iiml_codegen.backbones.agents.retrieved import Retrieving
from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.web_search import WebSearch
from iiml_codegen.domain.knowledge import Fact, Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.planning.knowledge_search import search

AGENT = "knowledge_retriever"
MOST_COLUMNS, MOST_FOUND = 20, 8


@dataclass(frozen=True)
class BackboneKnowledgeRetriever:
    """Asks for advice on a domain; `web` searches where the backbone cannot."""

    asker: Asker
    web: WebSearch | None = None
    learned: bool = True

    def retrieve(
        self,
        task: TaskSummary,
        profile: DataProfile,
        knowledge: Knowledge,
        reading: TaskReading | None = None,
    ) -> Knowledge:
        """The expert's knowledge with advice before it. Raises `NoAnswerError`."""
        local = self.known(task, knowledge, reading)
        query = f"{reading.domain if reading else ''} {task.kind} {task.metric} feature engineering"
        retrieving = Retrieving(AGENT, "domain", MOST_COLUMNS, self.asker, self.web)
        facts = retrieving.facts(task, profile, reading, local, query.strip())
        return replace(knowledge, advice=(*facts, *knowledge.advice))

    def known(
        self, task: TaskSummary, knowledge: Knowledge, reading: TaskReading | None
    ) -> Sequence[Fact]:
        """What this machine's own knowledge says of it."""
        told = f"{task.title} {reading.told() if reading else ''}"
        return search(told, knowledge.traits, MOST_FOUND, learned=self.learned)
