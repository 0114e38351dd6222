"""A value that an annotation rules out, traced back to the call, constant or function behind."""

from __future__ import annotations

import ast

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.fault_stack import Spot, Stack
from iiml_codegen.integration.module_code import Function, ModuleCode, called, holds
from iiml_codegen.integration.trace import Glance, Trace
from iiml_codegen.syntax import expression_tree

WHOLE = {"int", "bool", "int64", "int32", "int16", "int8", "uint8", "bool_"}
KNOWN: dict[str, set[str]] = {
    "DataFrame": {"DataFrame"},
    "Series": {"Series"},
    "ndarray": {"ndarray"},
    "str": {"str", "str_"},
    "bool": {"bool", "bool_"},
    "int": WHOLE,
    "float": WHOLE | {"float", "float64", "float32"},
    "dict": {"dict", "defaultdict", "Counter", "OrderedDict"},
    "Mapping": {"dict", "defaultdict", "Counter", "OrderedDict", "mappingproxy"},
    "list": {"list"},
    "tuple": {"tuple"},
    "set": {"set", "frozenset"},
    "Path": {"PosixPath", "WindowsPath", "Path"},
    "Sequence": {"list", "tuple", "range", "Index", "ndarray", "ArrowStringArray"},
    "None": {"NoneType"},
}
DEEPEST = 12


def wrong_argument(trace: Trace, stack: Stack) -> Place | None:
    """The origin of the first argument on the way in that its annotation rules out.

    Only one that the failing expression or the message has to do with: code may well work with
    another type than it says.
    """
    modules = stack.modules
    for number in range(1, len(modules)):
        spot = modules[number]
        function = stack.code(spot).function_at(spot.place.line)
        if function is None or function.name != spot.frame.function:
            continue
        for argument in parameters(function):
            value = spot.frame.value(argument.arg)
            if value is None or (fits(argument.annotation, value) and not is_text(argument, value)):
                continue
            if concerns(trace, stack, argument.arg, value):
                return origin(stack, number - 1, function, argument.arg)
    return None


def is_text(argument: ast.arg, value: Glance) -> bool:
    """Whether an array of texts came in where an array is expected, which is one of numbers."""
    arrays = alternatives(argument.annotation) == ["ndarray"]
    return arrays and value.dtype.startswith(("<U", "object", "str"))


def parameters(function: Function) -> list[ast.arg]:
    """All parameters in order."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def fits(annotation: ast.expr | None, value: Glance) -> bool:
    """Whether a value is of an annotated type, as far as one can tell."""
    kinds = alternatives(annotation)
    if kinds is None:
        return True
    return any(value.type in KNOWN[kind] for kind in kinds)


def alternatives(annotation: ast.expr | None) -> list[str] | None:
    """The types that an annotation allows, by their last name; None where one is not known."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = expression_tree(annotation.value)
        except SyntaxError:
            return None
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return ["None"]
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        sides = alternatives(annotation.left), alternatives(annotation.right)
        return None if sides[0] is None or sides[1] is None else [*sides[0], *sides[1]]
    if isinstance(annotation, ast.Subscript):
        return alternatives(annotation.value)
    name = called(annotation) if annotation is not None else ""
    return [name] if name in KNOWN else None


def concerns(trace: Trace, stack: Stack, name: str, value: Glance) -> bool:
    """Whether the failure speaks of such a value, or happened where the variable is used."""
    if f"'{value.type}'" in trace.message or f"{value.type} " in trace.message:
        return True
    spot = stack.modules[-1]
    statement = stack.code(spot).statement_at(spot.place.line)
    read = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} if statement else set()
    return name in read or bool(trace.type == "KeyError" and value.type == "str")


def origin(stack: Stack, number: int, function: Function, name: str) -> Place:
    """Where the argument came from, seen from the frame that called the function."""
    spot = stack.modules[number]
    code = stack.code(spot)
    call = call_of(code, spot, function.name)
    if call is None:
        return Place(file=code.file, line=spot.place.line, column=spot.place.column)
    given = argument(call, function, name)
    if given is None:
        return code.place(default_of(function, name) or function)
    return source_of(stack, number, code, given)


def call_of(code: ModuleCode, spot: Spot, function: str) -> ast.Call | None:
    """The call of a function on the line of a frame."""
    statement = code.statement_at(spot.place.line)
    calls = [
        node
        for node in (ast.walk(statement) if statement is not None else ())
        if isinstance(node, ast.Call) and called(node) == function
    ]
    here = [call for call in calls if holds(call, spot.place.line)]
    return next(iter(here or calls), None)


def argument(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """The expression that a call gives a parameter."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    positional = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    place = positional.index(name) if name in positional else len(call.args)
    return call.args[place] if place < len(call.args) else None


def default_of(function: Function, name: str) -> ast.expr | None:
    """The default of a parameter."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    pairs = dict(zip([a.arg for a in plain][::-1], given.defaults[::-1], strict=False))
    named = zip((a.arg for a in given.kwonlyargs), given.kw_defaults, strict=True)
    return pairs.get(name) or dict(named).get(name)


def source_of(
    stack: Stack, number: int, code: ModuleCode, given: ast.expr, depth: int = 0
) -> Place:
    """Where the value of an expression comes from: a literal, a constant, a function of ours."""
    if depth > DEEPEST or not isinstance(given, ast.Name | ast.Call):
        return code.place(given)
    if isinstance(given, ast.Call):
        own = code.functions.get(called(given))
        return code.place(given) if own is None or returns(own) else code.exit_place(own)
    line = stack.modules[number].place.line
    function = code.function_at(line)
    before = code.assignments(function, given.id, line) if function is not None else []
    if before:
        last = before[-1]
        value = last.value if isinstance(last, ast.Assign) else last
        plain = isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name)
        if plain and isinstance(value, ast.Name | ast.Call):
            return source_of(stack, number, code, value, depth + 1)
        return code.place(last)
    if function is not None and number and given.id in {a.arg for a in parameters(function)}:
        return origin(stack, number - 1, function, given.id)
    return code.place(code.constants.get(given.id, given))


def returns(function: Function) -> bool:
    """Whether a function gives anything back."""
    return any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(function))
