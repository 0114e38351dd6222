"""Debugging agent, answered by a backbone: the smallest edits that mend a fault.

Every edit names text that stands exactly once in the module. What is proposed compiles, keeps its
markers, breaks no rule that held before, and is no text that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Protocol

from msgspec import Meta

from iiml_codegen.backbones.agents.code_check import OURS, absent, forbidden, is_error
from iiml_codegen.backbones.agents.coding import clause_lines
from iiml_codegen.backbones.agents.error_analyzer import BackboneErrorAnalyzer
from iiml_codegen.backbones.agents.private_fault import bare, without_values
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.backbone import Source
from iiml_codegen.backbones.regions import regions
from iiml_codegen.backbones.signatures import calls_at
from iiml_codegen.domain.fault import Fault, FaultClass, Patch
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.debugging_agent import (
    ExpertDebuggingAgent,
    Facts,
    Tried,
    is_python,
)
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.verifier import verify_text
from iiml_codegen.offers.hunks import unified_diff

AGENT = "debugging_agent"
ROUNDS = 1
MOST_QUESTIONS = 3
EXPERT_FIRST = 3
"""Patches of the expert's that are tried before the first question: they cost a run, no token."""
MOST_TRIED = 4
MOST_DIFF = 14
NEWLINE = "\n"
OF_LIBRARIES: tuple[FaultClass, ...] = ("incompatible_api", "missing_dependency")


class Replacement(Frozen):
    """One edit."""

    find: Annotated[str, Meta(description="text that stands exactly once in the file")]
    replace: Annotated[str, Meta(description="what stands there instead")]


class Mend(Frozen):
    """The smallest edits of one module that mend the fault."""

    cause: Annotated[str, Meta(description="what is wrong, in one sentence")]
    file: str
    title: Annotated[str, Meta(description="what the edits do, in a few words")]
    edits: tuple[Replacement, ...]


class Searching(Protocol):
    """Looks words up on the web."""

    def search(self, query: str, limit: int = 5) -> tuple[Source, ...]:
        """Pages, the best first."""


@dataclass(frozen=True)
class BackboneDebuggingAgent:
    """Asks up to `most` times for one fault; `name` is the backbone's, as patches are signed."""

    asker: Asker
    name: str
    web: Searching | None = None
    most: int = MOST_QUESTIONS

    def propose(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried] = ()
    ) -> Iterator[Patch]:
        """One patch for each question, until there is no answer."""
        analyzer = BackboneErrorAnalyzer(self.asker)
        looked: Fault | None = None
        for _ in range(self.most):
            looked = looked or analyzer.looked(fault, texts, facts)
            try:
                yield self.patch(looked, texts, facts, tried)
            except NoAnswerError:
                return

    def patch(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried]
    ) -> Patch:
        """Ask for one patch; raises NoAnswerError."""
        seen = {one.patch.after for one in tried}
        answer = self.asker.ask(
            AGENT,
            self.parts(fault, texts, facts, tried),
            Mend,
            check=lambda mend: wrong(mend, texts, facts, seen),
            rounds=ROUNDS,
            search=fault.kind in OF_LIBRARIES and self.asker.grounds(AGENT),
        )
        return Patch(
            module=answer.file,
            title=" ".join(answer.title.split())[:100] or "Mend it",
            proposed_by=f"{self.name}:{AGENT}",
            before=texts[answer.file],
            after=edited(texts[answer.file], answer.edits),
        )

    def parts(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried]
    ) -> dict[str, object]:
        """What the prompt is filled in with."""
        share = self.asker.share_values
        told = fault if share else without_values(fault, texts, facts)
        left = [one.left if share else without_values(one.left, texts, facts) for one in tried]
        shown = texts if share else bare(texts, facts)
        clauses = facts.contract.clauses if facts.contract else ()
        return {
            "report": fault_report(told, shown),
            "modules": shown_modules(fault, shown),
            "clause": "\n".join(clause_lines([c for c in clauses if c.id == fault.clause], share)),
            "signatures": called(fault, texts, facts),
            "pages": self.pages(told, facts),
            "tried": [said(t.patch, f) for t, f in zip(tried, left, strict=True)][-MOST_TRIED:],
        }

    def pages(self, fault: Fault, facts: Facts) -> list[str]:
        """What the web says of a call that the library refuses."""
        if self.web is None or fault.kind not in OF_LIBRARIES or self.asker.grounds(AGENT):
            return []
        package = fault.names[0].split(".")[0] if fault.names else ""
        version = facts.installed.version(package) if facts.installed and package else ""
        query = " ".join(filter(None, (package, version, fault.message.split("\n")[0][:160])))
        try:
            found = self.web.search(query, 3)
        except IimlError:  # without the web it can be mended, too
            return []
        return [f"{page.title} ({page.url}): {page.excerpt[:600]}" for page in found]


@dataclass(frozen=True)
class ExpertThenBackbone:
    """The expert's likeliest patches, then the model's, then the rest of the expert's.

    The expert's are free and mostly right where a repair knows the fault at all; where none of the
    first few does, the model's guess is better than the expert's last ones.
    """

    expert: ExpertDebuggingAgent
    backbone: BackboneDebuggingAgent
    first: int = EXPERT_FIRST

    def propose(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried] = ()
    ) -> Iterator[Patch]:
        """All of them, each when it is asked for."""
        known = self.expert.propose(fault, texts, facts, tried)
        yield from islice(known, self.first)
        yield from self.backbone.propose(fault, texts, facts, tried)
        yield from known


def wrong(mend: Mend, texts: Mapping[str, str], facts: Facts, seen: set[str]) -> str:
    """Why edits cannot be tried; empty where they can."""
    before = texts.get(mend.file)
    if before is None:
        return f"file must be one of {', '.join(texts)}"
    if not mend.edits:
        return "there is no edit"
    for edit in mend.edits:
        count = before.count(edit.find) if edit.find else 0
        if count != 1:
            return f"`find` must stand exactly once in {mend.file}, it stands {count} times: " + (
                repr(edit.find[:80])
            )
    after = edited(before, mend.edits)
    if after == before or after in seen:
        return "this text was tried already: try something else"
    return broken(mend.file, before, after, facts)


def edited(text: str, edits: Sequence[Replacement]) -> str:
    """The text with all edits, each where it was found in the text as it was."""
    places = sorted(((text.find(e.find), e) for e in edits), key=lambda p: p[0], reverse=True)
    for at, edit in places:
        text = text[:at] + edit.replace + text[at + len(edit.find) :]
    return text


def broken(file: str, before: str, after: str, facts: Facts) -> str:
    """What the edits break: syntax, markers, rules that held, the sandbox."""
    if not is_python(after):
        return "with these edits the file is not Python"
    lost = {m[0] for m in markers(before)} - {m[0] for m in markers(after)}
    if lost:
        return f"the markers {', '.join(sorted(lost))} must stay"
    known = {(one.code, one.message) for one in verify_text(file, before) if is_error(one)}
    new = [one for one in verify_text(file, after) if is_error(one)]
    new = [one for one in new if (one.code, one.message) not in known]
    if is_python(before):
        known |= {(OURS, one.message) for one in forbidden(file, before)}
    new += [one for one in forbidden(file, after) if (OURS, one.message) not in known]
    if facts.installed is not None:
        new += absent(file, after, facts.installed)
    return "; ".join(f"line {one.place.line}: {one.message}" for one in new[:3])


def shown_modules(fault: Fault, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The module at fault, and those that are related: name and text."""
    places = [p for p in (fault.place, *(r.place for r in fault.related)) if p and p.file in texts]
    files = list(dict.fromkeys(place.file for place in places)) or list(texts)
    return [(f, regions(f, texts[f], [p.line for p in places if p.file == f])) for f in files]


def called(fault: Fault, texts: Mapping[str, str], facts: Facts) -> list[str]:
    """Today's signatures of what the blamed lines call."""
    if facts.installed is None or fault.place is None or fault.place.file not in texts:
        return []
    lines = [fault.place, *(r.place for r in fault.related if r.place.file == fault.place.file)]
    return calls_at(texts[fault.place.file], [p.line for p in lines], facts.installed)


def said(patch: Patch, left: Fault) -> str:
    """A patch that did not do, and why."""
    diff = unified_diff(patch.module, patch.before, patch.after, MOST_DIFF)
    return f"{diff.rstrip()}\n-> {left.message.strip().split(NEWLINE)[0][:200]}"
