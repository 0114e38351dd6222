"""Facts that models retrieve, and whether their sources may be believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.backbone import Source
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.backbones.web_search import WebSearch, WebSearchError
from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

ROUNDS = 1
OWN = "the model's own knowledge"
MOST_SAID, LONGEST_SAID, LONGEST_SOURCE, LONGEST_EXCERPT = 8, 300, 160, 300


class RetrievedFact(Frozen):
    """One piece of advice."""

    topic: Annotated[str, Meta(description="what it is about, in a few words")]
    says: Annotated[str, Meta(description="one or two sentences that can be acted on")]
    source: Annotated[str, Meta(description="the [source] above that says so, else empty")] = ""


class RetrievedKnowledge(Frozen):
    """Advice that a model gathered."""

    facts: tuple[RetrievedFact, ...]


def believed(
    retrieved: RetrievedKnowledge, known: Iterable[str], area: str, *, searched: bool = False
) -> tuple[Fact, ...]:
    """The facts within bounds; a source that nobody gave the model is no source.

    After a search of its own, the addresses that it names count as its word.
    """
    sources, facts = {one.strip(): one for one in known}, []
    for number, fact in enumerate(retrieved.facts[:MOST_SAID], start=1):
        if not fact.says.strip():
            continue
        named = fact.source.strip().strip("[]")[:LONGEST_SOURCE]
        found = sources.get(named, "")
        if not found and searched and named.startswith(("https://", "http://")):
            found = f"{named}, as the model says"
        facts.append(
            Fact(
                topic=" ".join(fact.topic.split())[:LONGEST_SOURCE],
                says=" ".join(fact.says.split())[:LONGEST_SAID],
                source=found or OWN,
                id=f"{area}.retrieved_{number}",
            )
        )
    return tuple(facts)


@dataclass(frozen=True)
class Retrieving:
    """One agent's way to advice: what is known here, what a search finds, what its model adds."""

    agent: str
    area: str
    columns: int
    asker: Asker
    web: WebSearch | None

    def facts(
        self,
        task: TaskSummary,
        profile: DataProfile,
        reading: TaskReading | None,
        local: Sequence[Fact],
        query: str,
    ) -> tuple[Fact, ...]:
        """The model's advice; `query` is searched where it cannot. Raises `NoAnswerError`."""
        digest, grounds = Digest(self.asker.share_values), self.asker.grounds(self.agent)
        found = () if grounds else pages(self.web, query)
        parts = {
            "task": digest.task(task),
            "reading": reading.told() if reading else "",
            "columns": digest.profile(profile, task, self.columns),
            "known": fact_lines(local),
            "pages": page_lines(found),
        }
        answer = self.asker.ask(
            self.agent, parts, RetrievedKnowledge, check=nothing_said, rounds=ROUNDS, search=grounds
        )
        sources = [*(one.url for one in found), *(fact.source for fact in local)]
        return believed(answer, sources, self.area, searched=grounds)


def nothing_said(answer: RetrievedKnowledge) -> str:
    """What is wrong with an answer without advice."""
    return "" if any(fact.says.strip() for fact in answer.facts) else "facts is empty"


def pages(web: WebSearch | None, query: str, limit: int = 4) -> tuple[Source, ...]:
    """What a search finds; nothing where there is none, or it is in trouble."""
    if web is None:
        return ()
    try:
        return web.search(query, limit)
    except WebSearchError:
        return ()


def page_lines(found: Sequence[Source]) -> list[str]:
    """Pages as a prompt holds them, each under the source that an answer names."""
    return [f"[{one.url}] {one.title}: {one.excerpt[:LONGEST_EXCERPT]}" for one in found]


def fact_lines(facts: Sequence[Fact]) -> list[str]:
    """Facts as a prompt holds them."""
    return [f"[{fact.source}] {fact.topic}: {fact.says[:LONGEST_SAID]}" for fact in facts]
