"""What it means that the harness stumbled over what a module gave it, and where that was given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from iiml_codegen.domain.fault import FaultClass, Place
from iiml_codegen.integration.fault_stack import Stack
from iiml_codegen.integration.module_code import Function, ModuleCode, called, own_nodes
from iiml_codegen.integration.prep_flow import flow_of, head
from iiml_codegen.integration.row_changes import row_change
from iiml_codegen.integration.trace import Trace

IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError")
INTERFACE = ("prepare", "extract", "encode", "fit", "predict", "decide")
ALIKE = 0.6
Told = tuple[FaultClass, Place | None, str]
"""Class, place, and the rule of rung 4 that is broken, if it is one of its own."""


def harness_fault(kind: FaultClass, trace: Trace, stack: Stack) -> Told:
    """Class and place of a failure in which no module was at work."""
    if kind in ("missing_dependency", "incompatible_api") and trace.type in IMPORT_ERRORS:
        return kind, import_place(trace, stack), ""
    called_wrongly = re.match(r"(?:\w+\.)*(\w+)\(\) (?:got|takes|missing)", trace.message)
    if trace.type == "TypeError" and called_wrongly:
        return "incompatible_api", definition(stack, called_wrongly[1]), ""
    functions = [spot.frame.function for spot in stack.harness]
    files = [spot.place.file for spot in stack.harness]
    if "not numbers" in trace.message or "not finite" in trace.message:
        return "preprocessing", not_finite(stack), "IIML405"
    if "predict_member" in functions and trace.type != "KeyError":
        return shape_or(kind), result_of(stack, "predict"), "IIML404"
    if any(file.endswith("encoding.py") for file in files) and trace.type != "KeyError":
        return shape_or(kind), result_of(stack, "encode"), ""
    if any(file.endswith(("training.py", "encoding.py")) for file in files):
        return wrong_outputs(kind, trace, stack)
    if any("submissions" in file for file in files) or "write_submission" in functions:
        return answers(trace, stack)
    if any("prepare" in file for file in files) or "prepare_outputs" in functions:
        return "contract_fulfilment", result_of(stack, "prepare"), ""
    if stack.prep is not None and functions[-1:] == ["main"] and kind != "unknown":
        return kind, result_of(stack, "prepare"), ""
    return kind, None, ""


def import_place(trace: Trace, stack: Stack) -> Place | None:
    """The import statement that the pipeline's header took over from a module."""
    said = [trace.name, *re.findall(r"'([^']+)'", trace.message)]
    quoted = {name.split(".")[0] for name in said if name} | {name for name in said if name}
    quoted |= {part for name in said for part in name.split(".") if part}
    found = [
        (rank, Place(file=code.file, line=number))
        for code in stack.codes.values()
        for number, line in enumerate(code.lines, start=1)
        if line.startswith(("import ", "from "))
        and (rank := -len(quoted & set(re.findall(r"\w+", line))))
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def definition(stack: Stack, function: str) -> Place | None:
    """Where a function of the module interface begins; renamed ones end on a member's name."""
    for name in (function, *(one for one in INTERFACE if function.startswith(f"{one}_"))):
        code = stack.defining(name)
        if code is not None:
            return code.place(code.functions[name])
    return None


def result_of(stack: Stack, function: str) -> Place | None:
    """Where a function of the interface hands its result over, in what it calls last if need be."""
    code = stack.defining(function)
    if code is None:
        return None
    source, seen = code.functions[function], {function}
    while True:
        exits = code.exits(source)
        value = exits[-1].value if exits else None
        name = called(value) if isinstance(value, ast.Call) else ""
        if name not in code.functions or name in seen:
            return code.exit_place(source)
        seen.add(name)
        source = code.functions[name]


def not_finite(stack: Stack, function: str = "predict") -> Place | None:
    """What made predictions no numbers: a NaN, a logarithm, an exponent; else the result."""
    code = stack.defining(function)
    flow = flow_of(code, "", function) if code is not None else None
    if code is None or flow is None:
        return None
    for node in [*ast.walk(flow.given), *flow.nodes()]:
        if isinstance(node, ast.Attribute) and node.attr.lower() in ("nan", "inf"):
            return code.place(node)
    for node in [*ast.walk(flow.given), *flow.nodes()]:
        risky = isinstance(node, ast.Call) and called(node) in ("log", "log10", "log2", "sqrt")
        exponent = isinstance(node, ast.Call) and called(node) in ("exp", "expm1", "power")
        if risky or exponent:
            return code.place(node)
    return result_of(stack, function)


def wrong_outputs(kind: FaultClass, trace: Trace, stack: Stack) -> Told:
    """Outputs of prepare that the harness cannot use: absent, of unequal rows, no dict."""
    if trace.type == "KeyError":
        return "contract_fulfilment", absent_output(stack.prep, trace.message.strip("'\"")), ""
    outputs = stack.harness_value("fit_member", "outputs")
    if outputs is not None and outputs.type != "dict":
        return "contract_fulfilment", result_of(stack, "prepare"), ""
    if stack.prep is None:
        return kind, None, ""
    place = row_change(flow_of(stack.prep, "")) or result_of(stack, "prepare")
    return shape_or(kind), place, ""


def absent_output(code: ModuleCode | None, name: str) -> Place | None:
    """The key in prepare that is nearest to an output that nobody gave; else its `return`."""
    if code is None or "prepare" not in code.functions:
        return None
    view = name.removesuffix("_train").removesuffix("_test")
    wanted = {name, view, f"{view}_"}
    texts = list(keys_in(code.functions["prepare"]))
    other = f"{view}_test" if name.endswith("_train") else f"{view}_train"
    halves = [node for text, node in texts if text == other and other != name]
    if halves:
        return code.place(halves[0])
    if any(text in wanted - {name} for text, _ in texts):
        return code.exit_place(code.functions["prepare"])
    scored = [
        (max(SequenceMatcher(None, text, one).ratio() for one in wanted), -number, node)
        for number, (text, node) in enumerate(texts)
    ]
    strange = [one for one, (text, _) in zip(scored, texts, strict=True) if not is_usual(text)]
    best = max(scored, key=lambda one: one[:2], default=None)
    if best is not None and best[0] >= ALIKE:
        return code.place(best[2])
    if len(strange) == 1:
        return code.place(strange[0][2])
    return code.exit_place(code.functions["prepare"])


def is_usual(key: str) -> bool:
    """Whether an output may well be called so."""
    return key == "target" or key.endswith(("_train", "_test", "_"))


def keys_in(function: Function) -> Iterator[tuple[str, ast.AST]]:
    """Texts that are keys of what a function gives, or views handed to what makes the keys."""
    for node in handed_back(function):
        places: list[ast.AST] = []
        if isinstance(node, ast.Dict):
            places = [key if key is not None else first_text(value) for key, value in items(node)]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            places = [node.slice]
        elif isinstance(node, ast.Call) and called(node) == "dict":
            yield from ((keyword.arg, keyword) for keyword in node.keywords if keyword.arg)
        for place in places:
            for part in ast.walk(place):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value, part


def handed_back(function: Function) -> Iterator[ast.AST]:
    """Nodes of what a function returns, and of statements that set it or a part of it."""
    nodes = sorted(own_nodes(function), key=lambda node: getattr(node, "lineno", 0))
    exits = [node for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    names = {node.value.id for node in exits if isinstance(node.value, ast.Name)}
    for node in nodes:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if node in exits or names & {head(target) for target in targets}:
            yield from ast.walk(node)


def items(node: ast.Dict) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Keys and values of a dict as it is written."""
    return zip(node.keys, node.values, strict=True)


def first_text(value: ast.expr) -> ast.AST:
    """The first argument of a call, which names a view."""
    return value.args[0] if isinstance(value, ast.Call) and value.args else ast.Pass()


def answers(trace: Trace, stack: Stack) -> Told:
    """Answers that cannot be written: too few or many, or no labels."""
    if "answers for" in trace.message:
        place = row_change(flow_of(stack.prep, "")) if stack.prep is not None else None
        for function in ("decide", "predict"):
            code = stack.defining(function)
            found = row_change(flow_of(code, "", function)) if code is not None else None
            place = found or place
        return "submission_format", place or result_of(stack, "prepare"), ""
    function = "decide" if stack.defining("decide") is not None else "predict"
    return "submission_format", result_of(stack, function), ""


def shape_or(kind: FaultClass) -> FaultClass:
    """The class, or shape where nothing better is known."""
    return "shape" if kind in ("unknown", "incompatible_api") else kind
