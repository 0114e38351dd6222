"""One reading of a module's text: its steps, its functions, and which step each line belongs to."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from iiml_codegen.insight.chunks import Chunk, Statement, chunks, quote_after, split
from iiml_codegen.integration.rules.markers import MARKER, markers

GIVING = ("prepare", "extract")
"""Functions whose last `return` gives outputs, which is no step's work."""
MANY = 3
"""A statement that reads what so many other steps made puts them together."""
TRIPLE = r"\"\"\".*?(?:\"\"\"|$)|'''.*?(?:'''|$)"
PLAIN = r"\"((?:\\.|[^\"\\])*)(\"?)|'((?:\\.|[^'\\])*)('?)"
STRING = re.compile(rf"#.*|[rbfuRBFU]{{0,2}}(?:{TRIPLE}|{PLAIN})")
NAME = re.compile(r"[^\W\d]\w*")
How = Literal["region", "joins", "gives", "helper", "function", "module"]


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` implement a step; `first` is its marker."""

    step: str
    first: int
    last: int


@dataclass(frozen=True)
class Tie:
    """How a line belongs to steps.

    `region`: it stands below the marker; `joins`: it puts together what the steps made; `gives`: it
    returns the outputs; `helper`: the steps' regions use the definition that it stands in;
    `function`: it stands in the function that holds the steps; `module`: in none of these.
    """

    how: How
    steps: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Word:
    """What stands under the cursor; columns count characters from 0, `end` is exclusive.

    A string that is not `closed` goes on to the end of its line.
    """

    kind: Literal["name", "string", "marker"]
    text: str
    start: int
    end: int
    closed: bool = True


class Reading:
    """A text read once; every answer is remembered. Lines count from 1."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.lines = split(self.text)
        self.chunks = list(chunks(self.lines))
        self.starts = [chunk.first for chunk in self.chunks]
        self.definitions = {c.facts.name: c for c in self.chunks if c.facts.name}
        self.marked = list(markers(self.text))

    def chunk_at(self, line: int) -> Chunk | None:
        """The top-level statement that a line stands in, or None between two."""
        place = bisect.bisect_right(self.starts, line) - 1
        chunk = self.chunks[place] if place >= 0 else None
        return chunk if chunk and line <= chunk.last else None

    @cached_property
    def regions(self) -> list[Region]:
        """The region of each marker, in order."""
        after = [*(line for _, line, _ in self.marked[1:]), len(self.lines) + 1]
        found = []
        for (step, line, column), following in zip(self.marked, after, strict=False):
            last = min(following - 1, self.reach(line, column - 1))
            found.append(Region(step, line, self.without_joins(line, last)))
        return found

    def reach(self, line: int, indent: int) -> int:
        """How far a marker reaches: to the end of its block or, between functions, of the next."""
        if indent:
            chunk = self.chunk_at(line)
            for number in range(line + 1, (chunk.last if chunk else line) + 1):
                said = self.lines[number - 1]
                if said.strip() and len(said) - len(said.lstrip()) < indent:
                    return number - 1
            return chunk.last if chunk else line
        last = line
        for chunk in self.chunks[bisect.bisect_right(self.starts, line) :]:
            if chunk.facts.kind in ("function", "class"):
                return chunk.last if last == line else last
            last = chunk.last
        return last

    def without_joins(self, first: int, last: int) -> int:
        """The end of a region in prepare: before what puts steps together or returns."""
        chunk = self.chunk_at(first)
        if chunk is None or chunk.facts.name not in GIVING:
            return last
        made = self.makers(chunk)
        begun = False
        for one in chunk.facts.statements:
            at = chunk.first + one.first
            if not first < at <= last:
                continue
            sources = {made[name] for name in one.reads if name in made} - {first}
            if one.returns or (begun and len(sources) >= MANY):
                return max(first, at - 1)
            begun = True
        return last

    def makers(self, chunk: Chunk) -> dict[str, int]:
        """The marker line under which each local name of a function is made last."""
        lines = [line for _, line, _ in self.marked]
        made = {}
        for one in chunk.facts.statements:
            place = bisect.bisect_right(lines, chunk.first + one.first) - 1
            if place >= 0 and lines[place] >= chunk.first:
                made.update(dict.fromkeys(one.makes, lines[place]))
        return made

    def region_at(self, line: int) -> Region | None:
        """The region that a line stands in."""
        place = bisect.bisect_right([one.first for one in self.regions], line) - 1
        region = self.regions[place] if place >= 0 else None
        return region if region and line <= region.last else None

    def tie(self, line: int) -> Tie:
        """How a line belongs to steps."""
        region, chunk = self.region_at(line), self.chunk_at(line)
        if region:
            return Tie("region", (region.step,), chunk.facts.name if chunk else "")
        if chunk is None or not chunk.facts.name:
            return Tie("module", ordered(step for step, _, _ in self.marked))
        name = chunk.facts.name
        inside = ordered(r.step for r in self.regions if chunk.first <= r.first <= chunk.last)
        if inside:
            return self.tie_between(line, chunk, inside)
        if name not in self.users and name in self.givers:
            return Tie("gives", (), name)
        steps = self.users.get(name) or self.model_steps or self.held_beside(name)
        return Tie("helper", steps, name)

    def tie_between(self, line: int, chunk: Chunk, inside: tuple[str, ...]) -> Tie:
        """A line of the function that holds the steps, in none of their regions."""
        name = chunk.facts.name
        for said, steps in self.joins(chunk):
            if chunk.first + said.first <= line <= chunk.first + said.last:
                return Tie("gives" if said.returns else "joins", steps or inside, name)
        return Tie("function", inside, name)

    def joins(self, chunk: Chunk) -> Iterator[tuple[Statement, tuple[str, ...]]]:
        """Statements behind the steps of prepare, with the steps whose results they read."""
        if chunk.facts.name not in GIVING:
            return
        origins: dict[str, tuple[str, ...]] = {}
        for said in chunk.facts.statements:
            region = self.region_at(chunk.first + said.first)
            read = [step for name in sorted(said.reads) for step in origins.get(name, ())]
            steps = (region.step,) if region else self.in_order(read)
            origins.update(dict.fromkeys(said.makes, steps))
            if region is None and (steps or said.returns):
                yield said, steps

    def held_beside(self, name: str) -> tuple[str, ...]:
        """The steps of the functions that use a definition between their regions."""
        users = [
            chunk
            for holder in sorted(self.holders)
            if (chunk := self.definitions.get(holder))
            and any(found == name for found, _ in self.reached(chunk.first, chunk.last))
        ]
        return ordered(
            region.step
            for region in self.regions
            if any(chunk.first <= region.first <= chunk.last for chunk in users)
        )

    @cached_property
    def model_steps(self) -> tuple[str, ...]:
        """The steps that say what the model is; `predict` and the like belong to them."""
        return ordered(step for step, _, _ in self.marked if step.startswith("M"))

    def in_order(self, steps: Iterable[str]) -> tuple[str, ...]:
        """Steps in the order of their markers."""
        wanted = set(steps)
        return ordered(step for step, _, _ in self.marked if step in wanted)

    @cached_property
    def users(self) -> dict[str, tuple[str, ...]]:
        """The steps that use each definition, by themselves or through others.

        Those that use it by themselves come first, those whose results are put together with its
        help last.
        """
        found: dict[str, list[tuple[int, int, str]]] = {}
        for region in self.regions:
            for name, depth in self.reached(region.first, region.last):
                use = (min(depth, 1), region.first, region.step)
                found.setdefault(name, []).append(use)
        for function in GIVING:
            chunk = self.definitions.get(function)
            for said, steps in self.joins(chunk) if chunk else ():
                if chunk and not said.returns:
                    for name, _ in self.reached(chunk.first + said.first, chunk.first + said.last):
                        found.setdefault(name, []).extend((2, 0, step) for step in steps)
        return {
            name: ordered(step for _, _, step in sorted(uses, key=lambda use: use[:2]))
            for name, uses in found.items()
        }

    @cached_property
    def givers(self) -> set[str]:
        """The definitions that help to return the outputs."""
        found: set[str] = set()
        for function in GIVING:
            chunk = self.definitions.get(function)
            for said in chunk.facts.statements if chunk else ():
                if chunk and said.returns:
                    first, last = chunk.first + said.first, chunk.first + said.last
                    found.update(name for name, _ in self.reached(first, last))
        return found

    @cached_property
    def holders(self) -> set[str]:
        """The functions that hold regions."""
        return {self.chunk_name(one.first) for one in self.regions}

    def reached(self, first: int, last: int) -> Iterator[tuple[str, int]]:
        """The definitions that some lines use, with how many others stand between."""
        seen = set(self.holders)
        names, depth = self.used_in(first, last), 0
        while names:
            fresh = {name for name in names if name in self.definitions} - seen
            yield from ((name, depth) for name in sorted(fresh))
            seen |= fresh
            names = {use for name in fresh for use, _ in self.definitions[name].facts.uses}
            depth += 1

    def chunk_name(self, line: int) -> str:
        """The name that is defined around a line, or by what a marker stands above."""
        chunk = self.chunk_at(line)
        return chunk.facts.name if chunk else ""

    def used_in(self, first: int, last: int) -> set[str]:
        """The names that stand in some lines."""
        place = max(bisect.bisect_right(self.starts, first) - 1, 0)
        used: set[str] = set()
        for chunk in self.chunks[place:]:
            if chunk.first > last:
                break
            used |= {name for name, at in chunk.facts.uses if first <= chunk.first + at <= last}
        return used

    def word_at(self, line: int, column: int) -> Word | None:
        """The name, string or marker at a column."""
        said = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        marker = MARKER.match(said)
        if marker:
            return Word("marker", marker.group(1), marker.start(1), marker.end(1))
        if line in self.quoted:
            return None
        string = self.string_at(said, column)
        if string is not None:
            return string
        bare = STRING.sub(lambda found: " " * len(found.group()), said)
        for name in NAME.finditer(bare):
            if name.start() <= column <= name.end():
                return Word("name", name.group(), name.start(), name.end())
        return None

    def string_at(self, said: str, column: int) -> Word | None:
        """The string of one line whose quotes stand around a column."""
        for found in STRING.finditer(said):
            group = 1 if found.group(1) is not None else 3
            if found.group(group) is None:
                continue
            if found.start(group) <= column <= found.end(group):
                closed = bool(found.group(group + 1))
                text, start, end = found.group(group), found.start(group), found.end(group)
                return Word("string", text, start, end, closed)
        return None

    @cached_property
    def quoted(self) -> set[int]:
        """The lines that begin inside a string of several lines."""
        found, quote = set(), ""
        for number, line in enumerate(self.lines, start=1):
            if quote:
                found.add(number)
            if quote or '"""' in line or "'''" in line:
                quote = quote_after(line, quote)
        return found

    def excerpt(self, *names: str) -> str:
        """The text with those definitions alone, at their lines."""
        kept = [self.definitions[name] for name in names if name in self.definitions]
        lines: list[str] = []
        for chunk in sorted(kept, key=lambda one: one.first):
            lines += [""] * (chunk.first - 1 - len(lines)) + chunk.text.split("\n")
        return "\n".join(lines) + "\n"


def ordered(steps: Iterable[str]) -> tuple[str, ...]:
    """Steps without repetition, as they come."""
    return tuple(dict.fromkeys(steps))
