"""Who broke the contract when a model fails on what prep gave: fulfilment or usage.

If an output breaks what its clause says, prep is to blame, and the clause is named. If all clauses
hold and the model stumbles over shape, columns or kind of its input, the model asks for more than
was promised. Without contract or observations, the failure is what it looks like.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from iiml_codegen.domain.contract import Clause, Contract, Observation
from iiml_codegen.domain.fault import FaultClass, Place
from iiml_codegen.integration.fault_origins import GAPS, TEXT, origin_in_prep, text_origin
from iiml_codegen.integration.fault_stack import Stack
from iiml_codegen.integration.prep_flow import Flow, flow_of
from iiml_codegen.integration.row_changes import row_change
from iiml_codegen.integration.trace import Glance, Trace

ABOUT_INPUT = ("shape", "dtype", "preprocessing", "unknown_column", "unknown")
ABOUT_LABELS = ("label", "class", "y contains", "Input y", "target")


@dataclass(frozen=True)
class Side:
    """Who is to blame: class, place in the other module if it is that, and the clause."""

    kind: FaultClass
    place: Place | None = None
    clause: str | None = None
    output: str = ""


@dataclass(frozen=True)
class Meeting:
    """What prep gave and what the contract said of it, when a model failed."""

    trace: Trace
    stack: Stack
    contract: Contract | None
    observations: tuple[Observation, ...]


def side(kind: FaultClass, met: Meeting) -> Side:
    """Settle the class of a failure in a model; elsewhere it stays what it is."""
    stack = met.stack
    last = stack.modules[-1]
    function = interface_function(stack)
    if kind not in ABOUT_INPUT or function not in ("encode", "fit", "predict"):
        return Side(kind)
    X, y = given(met, function)
    broken = broken_clause(kind, met, X, y)
    if broken is not None:
        return broken
    put_in = text_from_prep(kind, met, X)
    if put_in is not None:
        return Side(kind, put_in)
    if kind == "unknown_column" and not stack.is_prep(last.place.file):
        return Side("contract_usage")
    promised = met.contract is not None and bool(met.observations)
    if promised and kind != "unknown" and untouched(stack, X):
        return Side("contract_usage")
    return Side(kind)


def text_from_prep(kind: FaultClass, met: Meeting, X: Glance | None) -> Place | None:
    """The line of prep that put a text column among the features which a model cannot take.

    A model that asks for text itself gets it by a clause: then nobody complains.
    """
    if kind != "dtype" or X is None or met.stack.prep is None:
        return None
    said = set(re.findall(r"\w+", met.trace.message))
    named = tuple(name for name in X.texts if name in said)
    spoken = "could not convert string" in met.trace.message
    return text_origin(met.stack.prep, named or (X.texts if spoken else ()))


def interface_function(stack: Stack) -> str:
    """The function of the interface that the harness called, by the name it has in its module."""
    first = stack.modules[0]
    code = stack.code(first)
    function = code.function_at(first.place.line)
    return function.name if function is not None else ""


def given(met: Meeting, function: str) -> tuple[Glance | None, Glance | None]:
    """Features and target as the harness handed them over."""
    stack = met.stack
    if function in ("encode", "predict"):
        return first_argument(stack, "X"), None
    y = stack.harness_value("fit_member", "y") or first_argument(stack, "y")
    return stack.harness_value("fit_member", "X") or first_argument(stack, "X"), y


def first_argument(stack: Stack, name: str) -> Glance | None:
    """A parameter of the interface's function, as it stands in its frame."""
    return stack.modules[0].frame.value(name)


def untouched(stack: Stack, X: Glance | None) -> bool:
    """Whether the model still had its input in the shape in which it was given."""
    here = first_argument(stack, "X")
    return X is None or here is None or here.shape == X.shape


def broken_clause(
    kind: FaultClass, met: Meeting, X: Glance | None, y: Glance | None
) -> Side | None:
    """The clause that prep's output breaks, with the place in prep."""
    if X is not None and y is not None and X.shape and y.shape and X.shape[0] != y.shape[0]:
        return rows_differ(met, X, y)
    output = output_like(met, X)
    clauses = met.contract.clauses_for(output) if met.contract is not None and output else ()
    for clause in clauses:
        if X is not None and kind in ("preprocessing", "dtype") and breaks(clause, X):
            concern = X.missing_in or X.not_numbers
            return Side("contract_fulfilment", cause(met, output, concern), clause.id, output)
    speaks = any(word in met.trace.message for word in ABOUT_LABELS)
    return wrong_labels(met, y) if y is not None and speaks else None


def rows_differ(met: Meeting, X: Glance, y: Glance) -> Side:
    """Features and target of unequal length: where rows went, and which clause counts them."""
    output = output_like(met, X)
    clauses = met.contract.clauses_for(output) if met.contract is not None and output else ()
    clause = next((one.id for one in clauses if one.rows_like), None)
    prep = met.stack.prep
    place = None
    if prep is not None:
        flows = [flow_of(prep, name) for name in (output, "target") if name]
        found = [row_change(flow, min(X.shape[0], y.shape[0])) for flow in flows]
        place = next((one for one in found if one is not None), None)
        place = place or (flows[0].place if flows and flows[0] is not None else None)
    return Side("contract_fulfilment" if clause else "shape", place, clause, output)


def output_like(met: Meeting, X: Glance | None) -> str:
    """The output that a model's input is: the member's, else the one with the same columns."""
    member = met.stack.harness_value("fit_member", "names")
    if member is not None and member.shown:
        return member.shown.split(",")[0].strip("'\" ")
    outputs = met.stack.harness_value("fit_member", "outputs") or met.stack.harness_value(
        "main", "outputs"
    )
    for item in outputs.items if outputs is not None and X is not None else ():
        if X is not None and item.shape == X.shape and item.columns == X.columns:
            return item.name
    return ""


def breaks(clause: Clause, X: Glance) -> bool:
    """Whether what was seen of an output contradicts its clause."""
    return bool(
        (clause.no_missing and X.missing)
        or (clause.finite and X.infinite)
        or (clause.numeric and X.not_numbers)
    )


def wrong_labels(met: Meeting, y: Glance) -> Side | None:
    """A target that is not coded as its clause says."""
    target = met.contract.target_output if met.contract is not None else "target"
    clauses = met.contract.clauses_for(target) if met.contract is not None else ()
    for clause in clauses:
        count = clause.labels
        outside = count and (y.low is None or y.low < 0 or (y.high or 0) >= count or y.missing)
        if outside:
            prep = met.stack.prep
            flow = flow_of(prep, target) if prep is not None else None
            place = last_step(flow) if flow is not None else None
            return Side("contract_fulfilment", place, clause.id, target)
    return None


def cause(met: Meeting, output: str, names: tuple[str, ...]) -> Place | None:
    """The line of prep that let gaps or text through."""
    prep = met.stack.prep
    flow = flow_of(prep, output) if prep is not None else None
    if prep is None or flow is None:
        return None
    codes = (GAPS, TEXT) if names else (GAPS,)
    found = (origin_in_prep(prep, code, output, names) for code in codes)
    return next((one for one in found if one is not None), last_step(flow))


def last_step(flow: Flow) -> Place:
    """The last statement on the way of an output."""
    simple = [node for node in flow.statements if not isinstance(node, ast.For | ast.With | ast.If)]
    return flow.code.place(simple[-1]) if simple else flow.place
