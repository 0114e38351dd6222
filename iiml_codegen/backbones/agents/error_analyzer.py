"""Error analyzer, answered by a backbone: another place where a fault may come from, and why.

What the expert found stays: class, code and place. The model only adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from iiml_codegen.backbones.agents.private_fault import bare, without_values
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.backbones.regions import regions
from iiml_codegen.domain.fault import Fault, FaultClass, Place, Related
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.fault_report import fault_report
from iiml_codegen.integration.repairs.repair import NOTHING_KNOWN, Facts

AGENT = "error_analyzer"
ROUNDS = 1
UNCERTAIN: tuple[FaultClass, ...] = (
    "shape",
    "dtype",
    "preprocessing",
    "contract_usage",
    "contract_fulfilment",
    "leak",
    "unknown",
)
"""Faults that often begin elsewhere than where they show; of the others the place is the cause."""
LONGEST = 240


class Cause(Frozen):
    """Where a fault begins."""

    file: str
    line: Annotated[int, Meta(description="number of the line that has to change")]
    cause: Annotated[str, Meta(description="why it fails, in one sentence")]


class BackboneErrorAnalyzer:
    """Asks where values go wrong that fail later on."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def looked(self, fault: Fault, texts: Mapping[str, str], facts: Facts = NOTHING_KNOWN) -> Fault:
        """The fault with the model's place among the related ones; as it is where none is told."""
        if fault.kind not in UNCERTAIN and fault.place is not None:
            return fault
        share = self.asker.share_values
        told = fault if share else without_values(fault, texts, facts)
        seen = texts if share else bare(texts, facts)
        at = fault.place
        modules = [
            (file, numbered(regions(file, text, [at.line] if at and at.file == file else []), text))
            for file, text in seen.items()
        ]
        try:
            found = self.asker.ask(
                AGENT,
                {"report": fault_report(told, seen), "log": told.evidence, "modules": modules},
                Cause,
                check=lambda cause: nowhere(cause, texts),
                rounds=ROUNDS,
            )
        except NoAnswerError:
            return fault
        return added(fault, found)


def numbered(shown: str, text: str) -> str:
    """Lines with the numbers that they have in the whole text."""
    lines, at, found = text.split("\n"), 0, []
    for line in shown.split("\n"):
        if line in lines[at:]:
            at = lines.index(line, at) + 1
            found.append(f"{at:>4} {line}")
        else:
            found.append(f"     {line}")
    return "\n".join(found)


def nowhere(cause: Cause, texts: Mapping[str, str]) -> str:
    """What is wrong with a place; empty for one that exists."""
    if cause.file not in texts:
        return f"file must be one of {', '.join(texts)}"
    lines = texts[cause.file].split("\n")
    if not 0 < cause.line <= len(lines):
        return f"{cause.file} has the lines 1 to {len(lines)}"
    return "" if lines[cause.line - 1].strip() else f"line {cause.line} is empty"


def added(fault: Fault, cause: Cause) -> Fault:
    """The fault with one more related place."""
    said = " ".join(cause.cause.split())[:LONGEST]
    place = Place(file=cause.file, line=cause.line)
    related = Related(place=place, message=f"perhaps begins here: {said}")
    return msgspec.structs.replace(fault, related=(related, *fault.related))
