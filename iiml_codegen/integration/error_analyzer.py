"""Error analyzer: from what a failed run left to a fault with a place in a module.

It reads the crash record where there is one, else the traceback in the log; then it asks which
line is to blame (`fault_blame`), what a failure in the harness means (`fault_harness`), which side
broke the contract (`fault_sides`) and what cost too much (`fault_limits`). What shows only in
predictions or submission is traced back by `fault_submission`.
"""

from __future__ import annotations

import re

import msgspec

from iiml_codegen.domain.fault import Fault, FaultClass, Related
from iiml_codegen.integration.crash_record import read_crash
from iiml_codegen.integration.evidence import Evidence
from iiml_codegen.integration.fault_background import UNLISTED, further_back, known_names, writes
from iiml_codegen.integration.fault_blame import blame
from iiml_codegen.integration.fault_classes import GPU, classify
from iiml_codegen.integration.fault_harness import harness_fault
from iiml_codegen.integration.fault_limits import busy_place, costly_place, refused_place
from iiml_codegen.integration.fault_parts import component_of, step_at
from iiml_codegen.integration.fault_sides import Meeting, side
from iiml_codegen.integration.fault_stack import Stack, stack_of
from iiml_codegen.integration.fault_submission import submission_fault
from iiml_codegen.integration.fault_values import observed, values_at_hand
from iiml_codegen.integration.trace import Trace
from iiml_codegen.integration.traceback_text import last_trace
from iiml_codegen.integration.violation_faults import error_fault, violation_fault

__all__ = ["Evidence", "analyse", "error_fault", "submission_fault", "violation_fault"]

EVIDENCE_LINES = 12
CODES: dict[FaultClass, str] = {
    "timeout": "IIML402",
    "memory": "IIML403",
    "forbidden_read": "IIML406",
    "syntax": "",
}
"""The rule that a failed run breaks; any other class breaks IIML401."""
FAILED = "IIML401"
NATIVE = "IIML407"
OF_THE_GUARD = re.compile(r'^  File "(?:<frozen runpy>|.*[/\\]guard[/\\]__main__\.py)", line')
KILLED_BY_SYSTEM = re.compile(r"^Killed$|oom-kill|Out of memory: Killed", re.MULTILINE)


def analyse(given: Evidence) -> Fault:
    """Find class, component and place of a failed run."""
    log = given.whole_log()
    status = given.result.status
    trace = read_crash(given.folder) or last_trace(log)
    if status in ("timeout", "memory"):
        fault = limited_fault(given, log, "timeout" if status == "timeout" else "memory")
    elif status == "lost" or (trace is None and KILLED_BY_SYSTEM.search(log)):
        fault = limited_fault(given, log, "lost" if status == "lost" else "memory")
    elif trace is None:
        fault = silent_fault(given, log)
    else:
        fault = raised_fault(given, trace)
    return finished(fault, given, log)


def finished(fault: Fault, given: Evidence, log: str) -> Fault:
    """The fault with evidence, step, component and code, where they are not known yet."""
    told = [line for line in log.strip().split("\n") if not OF_THE_GUARD.search(line)]
    evidence = fault.evidence or "\n".join(told[-EVIDENCE_LINES:])
    return msgspec.structs.replace(
        fault,
        evidence=evidence,
        step=fault.step or step_at(given.texts, fault.place),
        component=fault.component or component_of(fault, given.texts),
        code=fault.code or CODES.get(fault.kind, FAILED),
    )


def limited_fault(given: Evidence, log: str, kind: FaultClass) -> Fault:
    """A run that a limit, the system or somebody ended."""
    stack = Stack((), given.texts)
    busy = busy_place(log, given.source_map, given.texts)
    place = costly_place(stack, busy, memory=kind == "memory")
    related = () if busy is None or busy == place else (Related(place=busy, message="busy here"),)
    reason = given.result.reason or f"the run ended as {given.result.status}"
    return Fault(
        kind=kind,
        message=reason,
        place=None if kind == "lost" else place,
        evidence="",
        related=related,
        component="environment" if kind == "lost" else None,
        values=tuple(observed(one) for one in given.observations),
    )


def silent_fault(given: Evidence, log: str) -> Fault:
    """A run without a traceback: a native crash, or one that says nothing."""
    crashed = given.result.exit_code is not None and (
        given.result.exit_code < 0 or given.result.exit_code > 255
    )
    native = crashed or "Fatal Python error" in log
    place = busy_place(log, given.source_map, given.texts) if native else None
    last = next((line for line in reversed(log.strip().splitlines()) if line.strip()), "")
    told = re.search(r"^Fatal Python error: .*$", log, re.MULTILINE)
    reason = given.result.reason or f"the run ended as {given.result.status}"
    kind, stack = silent_kind(given, log), Stack((), given.texts)
    if kind == "forbidden_read":
        place = refused_place(stack, given.result.forbidden) or place
    return Fault(
        kind=kind,
        message=f"{reason}: {told[0] if told else last}" if (told or last) else reason,
        place=place,
        evidence="",
        code=NATIVE if native and kind == "unknown" else "",
    )


def silent_kind(given: Evidence, log: str) -> FaultClass:
    """The class of a run without a traceback."""
    if given.result.status == "forbidden":
        return "forbidden_read"
    if "No space left on device" in log:
        return "disk"
    if re.search(r"out of memory|bad_alloc|Cannot allocate memory", log):
        return "memory"
    return "gpu" if re.search(GPU, log) and "rror" in log else "unknown"


def raised_fault(given: Evidence, trace: Trace) -> Fault:
    """A run that an exception ended."""
    kind, names = classify(trace, given.columns)
    stack = stack_of(trace, given.source_map, given.texts)
    fault = Fault(
        kind=kind,
        message=trace.summary,
        place=None,
        evidence="",
        exception=trace.type,
        names=names,
        values=values_at_hand(trace, stack) or tuple(observed(one) for one in given.observations),
    )
    if stack.modules:
        return module_fault(fault, given, trace, stack)
    if kind == "forbidden_read":
        place = refused_place(stack, given.result.forbidden)
        return msgspec.structs.replace(fault, place=place)
    kind, place, code = harness_fault(kind, trace, stack)
    return msgspec.structs.replace(fault, kind=kind, place=place, code=code)


def module_fault(fault: Fault, given: Evidence, trace: Trace, stack: Stack) -> Fault:
    """An exception that was raised while a module was at work."""
    real = frozenset((*given.columns, *given.files, *known_names(given)))
    place, related = blame(trace, stack, fault.kind, fault.names, real)
    found = side(fault.kind, Meeting(trace, stack, given.contract, given.observations))
    kind = found.kind
    if kind in ("disk", "path") and writes(stack):
        kind = "disk"
    origin = found.place
    further = kind == "unknown_column" or UNLISTED in trace.message
    if origin is None and (further or not related):
        origin = further_back(kind, fault.names, given, trace, stack, real)
    if kind == "memory":
        origin = costly_place(Stack((), given.texts), place, memory=True)
    if origin is not None and origin != place:
        related = (Related(place=place, message="failed here"), *related)
        place = origin
    return msgspec.structs.replace(
        fault, kind=kind, place=place, related=related, clause=found.clause
    )
