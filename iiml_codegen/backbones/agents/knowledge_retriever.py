"""Knowledge retriever on a backbone: what is known of a domain, from sources and from the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from iiml_codegen.backbones.agents.retrieved import (
    RetrievedKnowledge,
    believed,
    fact_lines,
    page_lines,
    pages,
)
from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.backbones.web_search import WebSearch
from iiml_codegen.domain.knowledge import Fact, Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.planning.knowledge_search import search

AGENT = "knowledge_retriever"
ROUNDS, MOST_COLUMNS, MOST_FOUND = 1, 20, 8


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
        digest, grounds = Digest(self.asker.share_values), self.asker.grounds(AGENT)
        local = self.known(task, knowledge, reading)
        query = f"{reading.domain if reading else ''} {task.kind} {task.metric} feature engineering"
        found = () if grounds else pages(self.web, query.strip())
        parts = {
            "task": digest.task(task),
            "reading": reading.told() if reading else "",
            "columns": digest.profile(profile, task, MOST_COLUMNS),
            "known": fact_lines(local),
            "pages": page_lines(found),
        }
        answer = self.asker.ask(
            AGENT, parts, RetrievedKnowledge, check=nothing_said, rounds=ROUNDS, search=grounds
        )
        sources = [*(one.url for one in found), *(fact.source for fact in local)]
        facts = believed(answer, sources, "domain", searched=grounds)
        return replace(knowledge, advice=(*facts, *knowledge.advice))

    def known(
        self, task: TaskSummary, knowledge: Knowledge, reading: TaskReading | None
    ) -> Sequence[Fact]:
        """What this machine's own knowledge says of it."""
        told = f"{task.title} {reading.told() if reading else ''}"
        return search(told, knowledge.traits, MOST_FOUND, learned=self.learned)


def nothing_said(answer: RetrievedKnowledge) -> str:
    """What is wrong with an answer without advice."""
    return "" if any(fact.says.strip() for fact in answer.facts) else "facts is empty"
