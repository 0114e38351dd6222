"""Error analyzer: from what a failed run left to a fault with a place in a module.

It reads the crash record where there is one, else the traceback in the log; then it asks which
line is to blame (`fault_blame`), what a failure in the harness means (`fault_harness`), which side
broke the contract (`fault_sides`) and what cost too much (`fault_limits`). What shows only in
predictions or submission is traced back by `fault_submission`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import msgspec

from iiml_codegen.domain.fault import Fault, FaultClass, Place, Related, Violation
from iiml_codegen.errors import BindingError, IimlError
from iiml_codegen.integration.crash_record import read_crash
from iiml_codegen.integration.evidence import Evidence
from iiml_codegen.integration.fault_blame import blame
from iiml_codegen.integration.fault_classes import GPU, classify
from iiml_codegen.integration.fault_harness import absent_output, harness_fault
from iiml_codegen.integration.fault_limits import busy_place, costly_place, refused_place
from iiml_codegen.integration.fault_origins import (
    origin_in_prep,
    renaming,
    text_cast,
    text_origin,
    word_filled,
    wrong_class_count,
)
from iiml_codegen.integration.fault_parts import component_of, step_at
from iiml_codegen.integration.fault_sides import Meeting, side
from iiml_codegen.integration.fault_stack import Stack, stack_of
from iiml_codegen.integration.fault_submission import submission_fault, violation_place
from iiml_codegen.integration.fault_values import observed, values_at_hand
from iiml_codegen.integration.module_code import ModuleCode, called
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.trace import Trace
from iiml_codegen.integration.traceback_text import last_trace

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
WRITERS = ("save", "savez", "dump", "write_text", "write_bytes", "makedirs", "mkdir", "savetxt")
MISSING_OUTPUTS = ("IIML301", "IIML153")
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
    if origin is None and (not related or kind == "unknown_column"):
        origin = further_back(kind, fault.names, given, trace, stack, real)
    if kind == "memory":
        origin = costly_place(Stack((), given.texts), place, memory=True)
    if origin is not None and origin != place:
        related = (Related(place=place, message="failed here"), *related)
        place = origin
    return msgspec.structs.replace(
        fault, kind=kind, place=place, related=related, clause=found.clause
    )


def known_names(given: Evidence) -> tuple[str, ...]:
    """Columns of the task, which the profile of the features need not list."""
    task = given.task
    return (*task.targets, task.id_column or "") if task is not None else ()


def further_back(
    kind: FaultClass,
    names: tuple[str, ...],
    given: Evidence,
    trace: Trace,
    stack: Stack,
    real: frozenset[str],
) -> Place | None:
    """A statement before the one that failed which let it come to that; None if none stands out."""
    spot = stack.modules[-1]
    code = stack.code(spot)
    if kind == "dtype" and stack.is_prep(code.file):
        return text_source(trace, stack, real)
    if kind == "dtype" and re.search(r"\bstr|object|integer|<U", trace.message):
        return text_cast(code)
    if kind == "unknown_column" and stack.is_prep(code.file) and set(names) & real:
        lost = sorted(set(names) & real)[0]
        places = (renaming(stack.code(s), s.place.line, lost) for s in reversed(stack.modules))
        return next((place for place in places if place is not None), None)
    classes = given.task.classes if given.task is not None else ()
    if classes and not stack.is_prep(code.file) and kind in ("shape", "contract_usage", "unknown"):
        return wrong_class_count(code, len(classes))
    return None


def writes(stack: Stack) -> bool:
    """Whether the statement that failed was to write a file."""
    spot = stack.modules[-1]
    statement = stack.code(spot).statement_at(spot.place.line)
    return any(
        isinstance(node, ast.Call)
        and (called(node) in WRITERS or called(node).startswith("to_"))
        and called(node) not in ("to_numeric", "to_datetime", "to_numpy", "to_list", "to_dict")
        for node in (ast.walk(statement) if statement is not None else ())
    )


def text_source(trace: Trace, stack: Stack, real: frozenset[str]) -> Place | None:
    """Where text columns came from that a step of prep could not take as numbers.

    A table of text alone is what was read: then the step that reads it as numbers is to blame.
    """
    spot = stack.modules[-1]
    if "could not convert string" not in trace.message:
        return word_filled(stack.code(spot)) if "str" in trace.message else None
    for value in spot.frame.values:
        if value.columns and value.not_numbers and set(value.columns) - real:
            return text_origin(stack.code(spot), value.not_numbers)
    return None


def violation_fault(violation: Violation, texts: Mapping[str, str]) -> Fault:
    """A broken rule or clause as a fault; its class is the rule's, its side decides for clauses.

    What shows in predictions or in the submission is traced back to a line of a module.
    """
    rule = BY_CODE.get(violation.code)
    kind: FaultClass = rule.fault if rule else "unknown"
    place, related = violation.place, violation.related
    if violation.code in MISSING_OUTPUTS:
        kind = "contract_fulfilment"
        place = missing_place(violation, texts)
    elif violation.code.startswith("IIML3"):
        kind = "contract_usage" if violation.side == "usage" else "contract_fulfilment"
        place = clause_place(violation, texts)
    elif violation.place.file not in texts and violation.code[:5] in ("IIML4", "IIML6"):
        kind = kind if rule else "submission_format"
        place = violation_place(violation, texts)
        related = (Related(place=violation.place, message="shows here"), *related)
    fault = Fault(
        kind=kind,
        message=violation.message,
        place=place,
        evidence=f"{violation.clause}: {violation.hint}" if violation.clause else violation.hint,
        step=violation.step or step_at(texts, place),
        clause=violation.clause,
        names=violation.names,
        code=violation.code,
        related=related,
    )
    return msgspec.structs.replace(fault, component=component_of(fault, texts))


def missing_place(violation: Violation, texts: Mapping[str, str]) -> Place:
    """Where an output that is not given should be: beside its other half, else at the `return`."""
    prep = ModuleCode(violation.place.file, texts.get(violation.place.file, ""))
    function, output = prep.functions.get("prepare"), next(iter(violation.names), "")
    output = output or spoken_output(violation)
    heads = (function.lineno, *(one.lineno for one in prep.exits(function))) if function else ()
    if violation.place.line not in heads:
        return violation.place
    return absent_output(prep, output) or violation.place


def spoken_output(violation: Violation) -> str:
    """The output that a message names first."""
    said = re.search(r"[`']([^`']+)[`']", violation.message)
    return said[1] if said else violation.message.partition(":")[0].strip()


def clause_place(violation: Violation, texts: Mapping[str, str]) -> Place:
    """The line of prep that stands out for a clause of its kind; else where the output is made."""
    text = texts.get(violation.place.file)
    if text is None or violation.side == "usage":
        return violation.place
    prep = ModuleCode(violation.place.file, text)
    output = spoken_output(violation)
    return origin_in_prep(prep, violation.code, output, violation.names) or violation.place


def error_fault(error: IimlError, texts: Mapping[str, str]) -> Fault:
    """A tie or gap of the binder, or a text that cannot be assembled, as a fault."""
    message = str(error.args[0]) if error.args else str(error)
    named = next((file for file in sorted(texts) if file in message), "")
    binding = isinstance(error, BindingError)
    function = next((f for f in ("predict", "decide", "fit", "prepare") if f in message), "fit")
    files = [named] if named else sorted(texts)
    codes = [ModuleCode(file, texts[file]) for file in files]
    holding = [code for code in codes if function in code.functions]
    place = Place(file=named) if named else None
    if holding:
        place = holding[0].place(holding[0].functions[function])
    fault = Fault(
        kind="contract_usage" if binding else "unusable_output",
        message=message,
        place=place,
        evidence=error.hint,
        names=error.choices if isinstance(error, BindingError) else (),
        code=error.code,
        exception=type(error).__name__,
        step=step_at(texts, place),
    )
    return msgspec.structs.replace(fault, component=component_of(fault, texts))
