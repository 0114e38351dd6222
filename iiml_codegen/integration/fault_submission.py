"""A bad submission, or bad raw predictions, traced back to the step that made them so."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

import msgspec

from iiml_codegen.domain.fault import Fault, FaultClass, Place, Related, Value, Violation
from iiml_codegen.integration.evidence import Evidence
from iiml_codegen.integration.fault_harness import result_of
from iiml_codegen.integration.fault_origins import wrong_classes
from iiml_codegen.integration.fault_parts import component_of, step_at
from iiml_codegen.integration.fault_stack import Stack
from iiml_codegen.integration.module_code import called
from iiml_codegen.integration.prep_flow import Flow, flow_of
from iiml_codegen.integration.raw_facts import RawFacts
from iiml_codegen.integration.row_changes import row_change

Suspicion = Callable[[ast.AST], int]
KINDS: dict[str, FaultClass] = {"IIML404": "shape", "IIML405": "preprocessing"}
ROWS, ORDER = "IIML602", "IIML603"


def submission_fault(
    violations: Sequence[Violation], evidence: Evidence, raw: RawFacts | None = None
) -> Fault:
    """The fault behind what a submission check, or the check of raw predictions, found first.

    Where raw predictions were fine, what decides is to blame; else what predicts. Missing and
    moved rows come from prep where one of its statements drops or moves rows.
    """
    first = violations[0]
    stack = Stack((), evidence.texts)
    place = place_of(first, stack, raw)
    classes = evidence.task.classes if evidence.task is not None else ()
    model = stack.defining("predict")
    if first.code == "IIML404" and classes and model is not None:
        place = wrong_classes(model, classes) or place
    related = (Related(place=first.place, message="shows here"),)
    fault = Fault(
        kind=KINDS.get(first.code, "submission_format"),
        message=first.message,
        place=place,
        evidence="\n".join(f"{one.code} {one.message} {one.hint}".strip() for one in violations),
        code=first.code,
        names=first.names,
        related=related,
        values=values_of(raw, evidence),
        step=step_at(evidence.texts, place),
    )
    return msgspec.structs.replace(fault, component=component_of(fault, evidence.texts))


def violation_place(violation: Violation, texts: Mapping[str, str]) -> Place:
    """Where in a module a violation of rung 6 comes from, as far as the texts tell."""
    found = place_of(violation, Stack((), texts), None)
    return found if found is not None else violation.place


def place_of(violation: Violation, stack: Stack, raw: RawFacts | None) -> Place | None:
    """The line of prep, predict or decide that is to blame."""
    code = violation.code
    if code in (ROWS, ORDER):
        place = rows_place(stack, moved=code == ORDER)
        if place is not None:
            return place
    function = blamed_function(code, stack, raw)
    module = stack.defining(function)
    if module is None:
        return None
    flow = flow_of(module, "", function)
    found = suspect(flow, CONCERNS.get(code, nothing)) if flow is not None else None
    return found or result_of(stack, function)


def blamed_function(code: str, stack: Stack, raw: RawFacts | None) -> str:
    """`decide` where the model has one and raw predictions were fine, else `predict`."""
    decides = stack.defining("decide") is not None
    if code.startswith("IIML4") or not decides:
        return "predict"
    bad = raw is not None and (raw.odd or raw.is_constant)
    return "predict" if bad else "decide"


def rows_place(stack: Stack, *, moved: bool) -> Place | None:
    """Where rows of the answers are dropped or moved: after the model first, then in prep."""
    for function in ("decide", "predict", "prepare"):
        module = stack.defining(function)
        flow = flow_of(module, "", function) if module is not None else None
        if flow is None:
            continue
        place = suspect(flow, moves) if moved else None
        place = place or row_change(flow)
        if place is not None:
            return place
    return None


def suspect(flow: Flow, suspicion: Suspicion) -> Place | None:
    """The most suspicious expression on the way of what a function returns."""
    inner = {id(node) for function in flow.functions for node in ast.walk(function)}
    last = {id(node) for node in ast.walk(flow.given)}
    nodes = [*ast.walk(flow.given), *flow.nodes()]
    scored = [
        (found + 3 * (id(node) in last) - 2 * (id(node) in inner), -number, node)
        for number, node in enumerate(nodes)
        if (found := suspicion(node))
    ]
    best = max(scored, key=lambda one: one[:2], default=None)
    return flow.code.place(best[2]) if best is not None and best[0] > 0 else None


def nothing(node: ast.AST) -> int:
    """No expression is suspicious by itself."""
    return 0


def not_numbers(node: ast.AST) -> int:
    """NaN itself, then logarithms, roots and quotients."""
    if isinstance(node, ast.Attribute) and node.attr.lower() in ("nan", "inf"):
        return 9
    if isinstance(node, ast.Call) and called(node) in ("log", "log10", "log2", "sqrt", "exp"):
        return 6
    return 3 * (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))


def out_of_range(node: ast.AST) -> int:
    """A factor, a shift, a sign, a logarithm, or scores in place of probabilities."""
    if isinstance(node, ast.Call) and called(node) in ("log", "logit", "decision_function"):
        return 7
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return 0 if isinstance(node.operand, ast.Constant) else 6
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add | ast.Sub):
        sides = [s.value for s in (node.left, node.right) if isinstance(s, ast.Constant)]
        return 5 * any(isinstance(v, int | float) and abs(v) >= 1 for v in sides)
    return 0


def no_label(node: ast.AST) -> int:
    """Texts, shifts and factors where codes are wanted; chances handed on undecided."""
    if isinstance(node, ast.Call) and called(node) in ("where", "astype", "round", "rint"):
        return 2 + 3 * any(isinstance(a, ast.Constant) for a in node.args)
    if isinstance(node, ast.JoinedStr):
        return 6
    return out_of_range(node)


def same_everywhere(node: ast.AST) -> int:
    """Arrays of one value, means of everything, factors of zero, thresholds out of reach."""
    if isinstance(node, ast.Call) and called(node) in ("zeros", "ones", "full", "full_like"):
        return 7
    if isinstance(node, ast.Call) and called(node) in ("zeros_like", "ones_like", "mean", "max"):
        return 5
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [s.value for s in (node.left, node.right) if isinstance(s, ast.Constant)]
        return 8 * (0 in sides)
    return 2 * isinstance(node, ast.Compare)


def other_shape(node: ast.AST) -> int:
    """Reshaping, cutting, reducing, transposing, other columns."""
    if isinstance(node, ast.Call) and called(node) in ("reshape", "ravel", "flatten", "squeeze"):
        return 7
    if isinstance(node, ast.Call) and called(node) in ("mean", "sum", "argmax", "transpose"):
        return 4
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return 6
    if isinstance(node, ast.Subscript):
        return 4 if isinstance(node.slice, ast.Slice) else 1
    return 0


def moves(node: ast.AST) -> int:
    """Sorting, shuffling, reversing."""
    if isinstance(node, ast.Call) and called(node) in (
        *("sort_values", "sort_index", "sort", "permutation", "shuffle", "sample", "argsort"),
        *("flip", "flipud", "reindex", "merge"),
    ):
        return 6
    if isinstance(node, ast.Slice) and isinstance(node.step, ast.UnaryOp):
        return 7
    return 0


CONCERNS: dict[str, Suspicion] = {
    "IIML404": other_shape,
    "IIML405": not_numbers,
    "IIML408": out_of_range,
    "IIML604": not_numbers,
    "IIML605": no_label,
    "IIML606": no_label,
    "IIML607": out_of_range,
    "IIML608": out_of_range,
    "IIML609": same_everywhere,
}


def values_of(raw: RawFacts | None, evidence: Evidence) -> tuple[Value, ...]:
    """Raw predictions, and what the task wants of them."""
    told: list[Value] = []
    if raw is not None:
        size = " × ".join(f"{n:,}" for n in raw.shape)
        ends = "" if raw.low is None else f", {raw.low:.6g} to {raw.high:.6g}"
        odd = f", {raw.odd:,} not finite" if raw.odd else ""
        levels = f", {raw.levels} different values" if raw.levels < 50 else ""
        told.append(Value(name="raw predictions", shown=f"{size}{ends}{odd}{levels}"))
    if evidence.task is not None:
        task = evidence.task
        classes = f", classes {', '.join(task.classes[:8])}" if task.classes else ""
        shown = f"{task.kind}, {task.submission.answer} for {task.metric}{classes}"
        told.append(Value(name="the task wants", shown=shown))
    return tuple(told)
