"""Broken rules and clauses, and refusals of binder and assembler, as faults."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from iiml_codegen.domain.fault import Fault, FaultClass, Place, Related, Violation
from iiml_codegen.errors import BindingError, IimlError
from iiml_codegen.integration.fault_harness import absent_output
from iiml_codegen.integration.fault_origins import origin_in_prep
from iiml_codegen.integration.fault_parts import component_of, step_at
from iiml_codegen.integration.fault_submission import violation_place
from iiml_codegen.integration.module_code import ModuleCode
from iiml_codegen.integration.rules import BY_CODE

MISSING_OUTPUTS = ("IIML301", "IIML153")


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
