"""Error analyzer: from the log of a failed run to a fault with a place in a module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.fault import Fault, FaultClass, Place, Violation
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.fault_classes import classify
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.integration.traceback_text import Frame, Trace, last_trace

BY_STATUS: dict[str, FaultClass] = {
    "timeout": "timeout",
    "memory": "memory",
    "forbidden": "forbidden_read",
    "lost": "lost",
}
LIBRARY = re.compile(r"site-packages|dist-packages|[/\\]lib[/\\]python|^<")
IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError")
EVIDENCE_LINES = 12


@dataclass(frozen=True)
class Evidence:
    """What a failed run left, and what is known: the analyzer reads nothing else.

    `log` is the whole log or its end, `texts` the modules that a person edits by file name,
    `observations` what prep gave when it ran last. A run's folder may hold more than its log.
    """

    result: RunResult
    log: str
    source_map: SourceMap
    texts: Mapping[str, str]
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    task: TaskSummary | None = None
    contract: Contract | None = None
    observations: tuple[Observation, ...] = ()
    folder: Path | None = None


def analyse(given: Evidence) -> Fault:
    """Find class and place of a failed run."""
    evidence = "\n".join(given.log.strip().split("\n")[-EVIDENCE_LINES:])
    trace = last_trace(given.log)
    by_status = BY_STATUS.get(given.result.status)
    if by_status is not None or trace is None:
        limited = by_status in ("timeout", "memory")
        return Fault(
            kind=by_status or "unknown",
            message=given.result.reason or f"the run ended as {given.result.status}",
            place=function_place(given.texts, "fit") if limited else None,
            evidence=evidence,
        )
    kind, names = classify(trace, given.columns)
    place = locate(trace, given.source_map, given.texts)
    if place is None:
        kind, place = harness_fault(kind, trace, given.source_map, given.texts)
    return Fault(
        kind=kind,
        message=trace.summary,
        place=place,
        evidence=evidence,
        step=step_at(given.texts, place),
        exception=trace.type,
        names=names,
    )


def violation_fault(violation: Violation, texts: Mapping[str, str]) -> Fault:
    """A broken rule or clause as a fault; its class is the rule's."""
    rule = BY_CODE.get(violation.code)
    kind: FaultClass = rule.fault if rule else "unknown"
    if violation.code.startswith("IIML3"):
        kind = "contract_usage" if violation.side == "usage" else "contract_fulfilment"
    step = violation.step or step_at(texts, violation.place)
    return Fault(
        kind=kind,
        message=violation.message,
        place=violation.place,
        evidence=f"{violation.clause}: {violation.hint}" if violation.clause else violation.hint,
        step=step,
        clause=violation.clause,
        names=violation.names,
        code=violation.code,
        related=violation.related,
    )


def locate(trace: Trace, source_map: SourceMap, texts: Mapping[str, str]) -> Place | None:
    """The deepest frame that a line of a module stands behind."""
    for frame in reversed(own_frames(trace)):
        place = source_map.origin(frame.line)
        if place is not None and place.file in texts:
            return place
    return None


def own_frames(trace: Trace) -> list[Frame]:
    """Frames of the generated file: no library's, and none of the runner that started it."""
    frames = [frame for frame in trace.frames if not LIBRARY.search(frame.file)]
    starts = [
        f.file for name in ("<module>", "main") for f in reversed(frames) if f.function == name
    ]
    entry = next(iter(starts), None)
    return [frame for frame in frames if entry is None or frame.file == entry]


def harness_fault(
    kind: FaultClass, trace: Trace, source_map: SourceMap, texts: Mapping[str, str]
) -> tuple[FaultClass, Place | None]:
    """What it means that the harness stumbled over what a module gave it."""
    if kind in ("missing_dependency", "incompatible_api") and trace.type in IMPORT_ERRORS:
        return kind, import_place(trace, texts)
    places = [source_map.origin(frame.line) for frame in own_frames(trace)]
    files = [place.file for place in places if place is not None]
    if trace.type == "KeyError" and any(file.endswith("training.py") for file in files):
        return "contract_fulfilment", function_place(texts, "prepare")
    if any(file.endswith("training.py") for file in files):
        return kind, function_place(texts, "predict")
    if any("submissions" in file for file in files):
        return "submission_format", function_place(texts, "prepare")
    return kind, None


def import_place(trace: Trace, texts: Mapping[str, str]) -> Place | None:
    """The import statement that the pipeline's header took over from a module."""
    quoted = {name.split(".")[0] for name in re.findall(r"'([^']+)'", trace.message)}
    for file in sorted(texts):
        for number, line in enumerate(texts[file].splitlines(), start=1):
            if quoted & set(re.findall(r"\w+", line)) and line.startswith(("import ", "from ")):
                return Place(file=file, line=number)
    return None


def function_place(texts: Mapping[str, str], function: str) -> Place | None:
    """Where a function of the module interface begins."""
    for file in sorted(texts):
        for number, line in enumerate(texts[file].splitlines(), start=1):
            if line.startswith(f"def {function}("):
                return Place(file=file, line=number)
    return None


def step_at(texts: Mapping[str, str], place: Place | None) -> str | None:
    """The step whose marker stands nearest above a place, within the same function."""
    if place is None or place.file not in texts:
        return None
    lines = texts[place.file].splitlines()
    starts = [n for n, line in enumerate(lines[: place.line], start=1) if line.startswith("def ")]
    above = [
        step
        for step, line, _ in markers(texts[place.file])
        if (starts[-1] if starts else 0) <= line <= place.line
    ]
    return above[-1] if above else None
