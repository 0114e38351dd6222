"""Where the thing under the cursor is defined: in a module, the blueprint, prep or the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.insight.feeding import FITTING
from iiml_codegen.insight.reading import Word
from iiml_codegen.insight.site import Insight, Site


@dataclass(frozen=True)
class Target:
    """A line of a file, counted from 1."""

    path: Path
    line: int


def targets(insight: Insight, site: Site, line: int, column: int) -> list[Target]:
    """Where to go from a place; nothing where another Python server knows better."""
    word = site.reading.word_at(line, column)
    if word is not None and word.kind == "marker":
        return list(step_targets(site, word.text))
    if site.kind == "pipeline":
        return list(dict.fromkeys(pipeline_targets(insight, site, line, word)))
    output = named_output(insight, site, line, word) if word else None
    return list(output_targets(insight, site, output)) if output else []


def step_targets(site: Site, step: str) -> Iterator[Target]:
    """A step's line in the blueprint."""
    told = site.facts.page.get(step)
    if told is not None:
        yield Target(site.facts.home / "blueprint.md", told)


def pipeline_targets(
    insight: Insight, site: Site, line: int, word: Word | None
) -> Iterator[Target]:
    """The module's line that a pipeline's line came from, and what defines the name."""
    found = insight.origin(site, line)
    if found is not None and found.path is not None:
        yield Target(found.path, found.line)
    chunk = site.reading.definitions.get(word.text) if word and word.kind == "name" else None
    if chunk is not None and not chunk.first <= line <= chunk.last:
        yield Target(site.path, chunk.first)


def named_output(insight: Insight, site: Site, line: int, word: Word) -> str | None:
    """The output of prep that a string names, or that feeds a parameter."""
    if word.kind == "string":
        known = site.facts.views().get(word.text)
        return known[0] if known else None
    chunk = site.reading.chunk_at(line)
    if site.kind != "model" or chunk is None or chunk.facts.name not in FITTING:
        return None
    place = f"{chunk.facts.name}.{word.text}"
    return next((b.output for b in insight.bindings(site) if b.parameter == place), None)


def output_targets(insight: Insight, site: Site, output: str) -> Iterator[Target]:
    """Where prep makes an output, and the clause that speaks of it."""
    prep = site if site.kind == "prep" else insight.prep(site)
    for one in insight.made(prep) if prep else ():
        if prep and one.output == output:
            yield Target(prep.path, one.made or one.given)
    for clause in site.facts.clauses_of(output):
        line = site.facts.clauses.get(clause.id)
        if line is not None:
            yield Target(site.facts.home / "contract.json", line)
