"""What a mutator is: a fault class, the module that it breaks, and where it finds its sites."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from iiml_codegen.domain.fault import FaultClass
from iiml_codegen.domain.task import TaskSummary

from .source import Change, Edit, Source

Target = Literal["prep", "model", "either"]
TEXT_KINDS = ("syntax", "unusable_output")
MOST_TRIES = 40


@dataclass(frozen=True)
class TaskFacts:
    """What whoever writes a module knows of the task, and where its folder lies."""

    task: TaskSummary
    columns: tuple[str, ...] = ()
    folder: str = "/data/competition"


@dataclass(frozen=True)
class Mutation:
    """A broken module; lines `line` to `end` of the new text, or `also`, want mending."""

    text: str
    line: int
    end: int
    description: str
    also: tuple[int, ...] = ()

    def is_near(self, line: int, within: int = 3) -> bool:
        """Whether a line is the place, give or take a few."""
        if self.line - within <= line <= self.end + within:
            return True
        return any(abs(other - line) <= within for other in self.also)


@dataclass(frozen=True)
class Draw:
    """What a search for sites is given besides the text."""

    rng: random.Random
    facts: TaskFacts
    other: str = ""


Find = Callable[[Source, Draw], Iterable[Change]]


@dataclass(frozen=True)
class Mutator:
    """One way to break a module of our style: finds all sites and breaks one of them."""

    name: str
    kind: FaultClass
    component: Target
    find: Find

    def mutate(
        self, text: str, other_text: str, rng: random.Random, facts: TaskFacts
    ) -> Mutation | None:
        """Break one site, chosen by the seeded `rng`; None where the text has none."""
        source = Source(text)
        changes = list(self.find(source, Draw(rng, facts, other_text)))
        rng.shuffle(changes)
        for change in changes[:MOST_TRIES]:
            new, line, end, also = source.applied(change)
            if new != text and self.is_of_its_kind(new):
                return Mutation(new, line, end, change.says, also)
        return None

    def is_of_its_kind(self, text: str) -> bool:
        """Whether exactly the mutators of texts give texts that do not parse."""
        if self.kind == "unusable_output":
            return True
        return parses(text) == (self.kind not in TEXT_KINDS)


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def respelt(
    name: str, kind: FaultClass, component: Target, pattern: str, new: str, imports: str = ""
) -> Mutator:
    """A mutator that writes `new` for what `pattern` matches, outside comments and docstrings.

    `imports` is an import statement that the new spelling needs.
    """

    def find(source: Source, draw: Draw) -> Iterable[Change]:
        for match in re.finditer(pattern, source.text, re.M):
            start = len(source.text[: match.start()].encode())
            if source.is_silent(start):
                continue
            written = match.expand(new)
            edits = [Edit(start, start + len(match.group().encode()), written)]
            if imports and imports not in source.text:
                edits.append(Edit(*_import_place(source), f"{imports}\n"))
            yield Change(tuple(edits), f"{match.group()} -> {written}")

    return Mutator(name, kind, component, find)


def _import_place(source: Source) -> tuple[int, int]:
    first = next(n for n in source.tree.body if isinstance(n, ast.Import | ast.ImportFrom))
    start = source.starts[first.lineno - 1]
    return start, start


def with_import(source: Source, change: Change, statement: str) -> Change:
    """The change, with an import statement that it needs; that line is a place of it, too."""
    if statement in source.text:
        return change
    start, end = _import_place(source)
    also = (*change.also, source.line(start))
    return Change((*change.edits, Edit(start, end, f"{statement}\n")), change.says, also)


def misspelt(word: str, rng: random.Random) -> str:
    """A word with a usual slip of the fingers: two letters swapped, one doubled or left out."""
    place = rng.randrange(1, len(word)) if len(word) > 1 else 0
    swapped = word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
    doubled = word[:place] + word[place - 1] + word[place:]
    short = word[:place] + word[place + 1 :]
    options = [w for w in (swapped, doubled, short) if w != word and w.isidentifier()]
    return rng.choice(options) if options else f"{word}s"
