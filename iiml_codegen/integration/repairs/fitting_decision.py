"""Answers of the wrong form: labels from probabilities, one for each row, within their bounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.repairs.flow import (
    Source,
    keyword_of,
    method,
    receiver,
    source_at,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import

SIGNS = r"answer|submission|label|range|add up|constant|same answer|empty|rows|whole number|decide"
REDUCING = ("argmax", "argmin", "max", "mean", "sum", "idxmax", "argsort")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """What `decide` does along the wrong axis, does the wrong way round, or leaves undone."""
    source = source_at(fault, text)
    function = source.functions.get("decide")
    if function is None or not re.search(SIGNS, fault.message):
        return
    yield from along_rows(source, function)
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from decided(source, node.value, facts.task)


def along_rows(source: Source, function: ast.FunctionDef) -> Iterator[Edit]:
    """Choices among the classes of each row, never among the rows of a class."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        axis = keyword_of(call, "axis")
        if method(call) not in REDUCING:
            continue
        if axis is None and not call.args and receiver(call) is not None:
            new = f"{source.source(call)[:-1]}axis=1)"
            yield Edit("Choose among the classes of each row", source.replaced((call, new)))
        elif axis is not None and ast.unparse(axis.value) == "0":
            new = source.replaced((axis.value, "1"))
            yield Edit("Choose among the classes of each row", new)


def decided(source: Source, value: ast.expr, task: TaskSummary | None) -> Iterator[Edit]:
    """What is returned, as codes of labels, or within the bounds of what is measured."""
    written = source.source(value)
    form = ""
    if task is not None and task.submission.answer == "label":
        if task.kind == "binary" and not re.search(r">|<|astype|rint|round", written):
            form = f'({written} >= 0.5).astype("int64")'
        elif task.kind == "multiclass" and "argmax" not in written:
            form = f"{written}.argmax(axis=1)"
    elif task is not None and task.kind == "regression" and "clip" not in source.text:
        form = f"np.clip({written}, 0.0, None)"
    if form:
        new = with_import(source.replaced((value, form)), "import numpy as np")
        yield Edit("Answer in the form that is asked for", new)


def answered(message: str) -> Fault:
    """The fault of answers."""
    place = Place(file="model_a.py", line=1)
    return Fault(kind="submission_format", message=message, place=place, evidence="")


HEAD = "def decide(raw):\n    return "
REPAIR = Repair(
    name="fitting_decision",
    title="Answer in the form that is asked for",
    kinds=("submission_format", "shape", "preprocessing", "unknown"),
    propose=propose,
    examples=(
        Example(
            answered("3 answers for 20 test rows"),
            f"{HEAD}raw.argmax(axis=0)\n",
            f"{HEAD}raw.argmax(axis=1)\n",
        ),
        Example(
            answered("3 answers for 20 test rows"),
            f"{HEAD}raw.argmax()\n",
            f"{HEAD}raw.argmax(axis=1)\n",
        ),
    ),
)
