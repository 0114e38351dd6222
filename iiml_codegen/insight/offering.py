"""What can be typed next: steps in markers, outputs and columns in strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from iiml_codegen.domain.blueprint import Part
from iiml_codegen.domain.profile import ColumnProfile
from iiml_codegen.insight.reading import GIVING, STRING, Word
from iiml_codegen.insight.site import Insight, Site, SiteKind
from iiml_codegen.insight.values import ROLES

OPENED = re.compile(r"\s*#\s*\[([^\]]*)(\]?)(.*)$")
PARTS: dict[SiteKind, tuple[Part, ...]] = {
    "prep": ("prep",),
    "model": ("model", "train", "eval"),
    "pipeline": ("prep", "model", "train", "eval"),
}
CODE = re.compile(r"[\[\](){},:]")
BRACKET = re.compile(r"[\[\](){}]")
MOST = 500


@dataclass(frozen=True)
class Offer:
    """One choice; it replaces the characters `start` to `end` of its line."""

    label: str
    text: str
    detail: str
    kind: Literal["step", "output", "column"]
    start: int
    end: int


def offers(insight: Insight, site: Site, line: int, column: int) -> list[Offer]:
    """What fits at a place, most likely first; nothing outside markers and strings."""
    said = site.reading.lines[line - 1] if 0 < line <= len(site.reading.lines) else ""
    opened = OPENED.match(said)
    if opened:
        inside = opened.start(1) <= column <= opened.end(1)
        return list(step_offers(site, opened)) if inside else []
    if line in site.reading.quoted:
        return []
    word = site.reading.string_at(said, column)
    if word is None:
        return []
    span = (word.start, end_of(word, column))
    outputs = list(output_offers(site, line, *span))
    columns = list(column_offers(insight, site, *span))
    lists = innermost(said[: word.start - 1]) == "["
    return [*columns, *outputs][:MOST] if lists else [*outputs, *columns][:MOST]


def innermost(said: str) -> str:
    """The bracket that is open last behind some code of one line; nothing where none is."""
    opened: list[str] = []
    for mark in BRACKET.findall(STRING.sub("", said)):
        if mark in "([{":
            opened.append(mark)
        elif opened:
            opened.pop()
    return opened[-1] if opened else ""


def step_offers(site: Site, opened: re.Match[str]) -> Iterator[Offer]:
    """The steps of the plan that a module may mark, those first that it does not mark yet."""
    steps = site.facts.blueprint.steps if site.facts.blueprint else ()
    member = site.member if site.kind == "model" else None
    marked = {step for step, _, _ in site.reading.marked}
    fitting = [
        step
        for step in steps
        if step.part in PARTS[site.kind] and (member is None or step.member in (None, member.name))
    ]
    titled = bool(opened.group(3).strip())
    for step in sorted(fitting, key=lambda one: one.id in marked):
        text = step.id if titled else f"{step.id}] {flat(step.title)}"
        text += "]" if titled and not opened.group(2) else ""
        end = opened.end(1) if titled else opened.end(2)
        yield Offer(step.id, text, flat(step.title), "step", opened.start(1), end)


def output_offers(site: Site, line: int, start: int, end: int) -> Iterator[Offer]:
    """The outputs that the contract lists, where prepare gives them or a model names them."""
    chunk = site.reading.chunk_at(line)
    if site.kind == "prep" and (chunk is None or chunk.facts.name not in GIVING):
        return
    for name, outputs in site.facts.views().items():
        clauses = site.facts.clauses_of(outputs[0])
        detail = f"{clauses[0].id} of the contract" if clauses else "view of the contract"
        yield Offer(name, name, detail, "output", start, end)


def column_offers(insight: Insight, site: Site, start: int, end: int) -> Iterator[Offer]:
    """The columns of the tables, and in models those of the views as they were observed."""
    known = site.facts.profile.columns if site.facts.profile else ()
    names: dict[str, str] = {}
    if site.kind == "model":
        given, _ = insight.observed(site)
        for seen in given.observations if given else ():
            for name in seen.column_names:
                names.setdefault(name, f"column of {seen.output}")
    else:
        names = {one.name: column_detail(one) for one in known}
    for name, detail in names.items():
        yield Offer(name, quoted(name), detail, "column", start, end)


def column_detail(column: ColumnProfile) -> str:
    """What a column is, in a few words."""
    gaps = f", {column.missing_train:.0%} missing" if column.missing_train else ""
    return f"{ROLES[column.role]} ({column.dtype}), {column.distinct} distinct{gaps}"


def end_of(word: Word, column: int) -> int:
    """Where a string ends that is being typed: at its quote, or else at the cursor.

    A quote behind brackets or commas begins another string: this one is not closed yet.
    """
    rest = word.text[column - word.start :]
    return word.end if word.closed and not CODE.search(rest) else column


def quoted(name: str) -> str:
    """A name as it stands in a string with either quote."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.replace('"', '\\"').replace("'", "\\'")


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
