"""Statements before the one that failed which let it come to that."""

from __future__ import annotations

import ast
import re

from iiml_codegen.domain.fault import FaultClass, Place
from iiml_codegen.integration.evidence import Evidence
from iiml_codegen.integration.fault_origins import (
    renaming,
    text_cast,
    text_origin,
    word_filled,
    wrong_classes,
)
from iiml_codegen.integration.fault_stack import Stack
from iiml_codegen.integration.module_code import ModuleCode, called
from iiml_codegen.integration.trace import Trace

WRITERS = ("save", "savez", "dump", "write_text", "write_bytes", "makedirs", "mkdir", "savetxt")
CARD = re.compile(r"(?:gpu|cuda|mps)(?:$|[:_])", re.IGNORECASE)
UNLISTED = "labels outside"
CONVERSIONS = ("to_numeric", "to_datetime", "to_numpy", "to_list", "to_dict", "to_frame")


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
    if kind == "dtype" and UNLISTED not in trace.message:
        if stack.is_prep(code.file):
            return text_source(trace, stack, real)
        if re.search(r"\bstr|object|integer|<U", trace.message):
            return text_cast(code)
    if kind == "unknown_column" and stack.is_prep(code.file) and set(names) & real:
        lost = sorted(set(names) & real)[0]
        places = (renaming(stack.code(s), s.place.line, lost) for s in reversed(stack.modules))
        return next((place for place in places if place is not None), None)
    if kind == "gpu":
        return card_asked_for(code)
    classes = given.task.classes if given.task is not None else ()
    if classes and kind in ("shape", "contract_usage", "unknown", "dtype"):
        return wrong_classes(code, classes)
    return None


def card_asked_for(code: ModuleCode) -> Place | None:
    """Where a module asks for a graphics card by name."""
    for node in ast.walk(code.tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CARD.match(node.value)
        ):
            return code.place(node)
    return None


def writes(stack: Stack) -> bool:
    """Whether the statement that failed was to write a file."""
    spot = stack.modules[-1]
    statement = stack.code(spot).statement_at(spot.place.line)
    return any(
        isinstance(node, ast.Call)
        and (called(node) in WRITERS or called(node).startswith("to_"))
        and called(node) not in CONVERSIONS
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
