"""The advice for one competition: what the base knows about its metric, field, data and models."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from itertools import groupby

from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.planning.knowledge_base import AREAS, FILES, curated
from iiml_codegen.planning.knowledge_search import index
from iiml_codegen.planning.learned_knowledge import learned_facts

MOST = {"metric": 2, "domain": 3, "data": 6, "model": 4, "practice": 3, "learned": 3}
"""Entries of each area that a person still reads."""
DOMAIN_HITS = 3
"""Different words that a field's tags must share with a competition; fewer are chance."""
LONGEST_DESCRIPTION = 20_000
OTHER = "Found for this competition"


def advice_for(words: str, traits: Collection[str], *, learned: bool = True) -> tuple[Fact, ...]:
    """The best-fitting entries of each area, in the order of areas; learned ones come last.

    Those are looked at apart, so that curated ones come out the same on every machine.
    """
    try:
        base = index(curated())
    except EnvironmentProblem as problem:
        logging.getLogger(__name__).warning("%s", problem)
        return ()
    found: list[Fact] = []
    for area in FILES:
        hits = DOMAIN_HITS if area == "domain" else 0
        found += base.find(words, traits, MOST[area], area=area, hits=hits)
    taught = [fact for fact in learned_facts() if fact.holds(traits)] if learned else []
    taught.sort(key=lambda fact: -fact.narrowness())
    return (*found, *taught[: MOST["learned"]])


def words_about(task: TaskSummary, profile: DataProfile, description: str) -> str:
    """Title, names and description, the most telling first."""
    names = (column.name for column in profile.columns)
    return " ".join((task.title, *task.targets, *names, description[:LONGEST_DESCRIPTION]))


def known_section(advice: Iterable[Fact]) -> str:
    """What is known about such data, with sources, as Markdown; empty if there is nothing.

    What was learned on this machine is left out: the page is the same everywhere.
    """
    shown = [fact for fact in advice if fact.area != "learned"]
    parts = []
    for area, facts in groupby(shown, key=lambda fact: fact.area):
        parts.append(f"### {AREAS.get(area, OTHER)}\n\n" + "\n".join(map(entry_line, facts)))
    lead = "Advice from iiML's knowledge base; the steps above stand without it."
    return "\n\n".join(["## What is known about such data", lead, *parts]) if parts else ""


def entry_line(fact: Fact) -> str:
    """One entry of the page; whatever stands in it stays one entry."""
    topic, says, source = (" ".join(text.split()) for text in (fact.topic, fact.says, fact.source))
    return f"- **{topic}**: {says}  \n  ({source})"


def learned_note(advice: Iterable[Fact]) -> str:
    """One line on what solves on this machine taught; empty if that is nothing."""
    taught = [f"{fact.topic} {fact.says}" for fact in advice if fact.area == "learned"]
    return f"Solved before on this machine: {'; '.join(taught)}." if taught else ""
