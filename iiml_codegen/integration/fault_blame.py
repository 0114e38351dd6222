"""Which line is to blame: the constant or call that brought a wrong value in, not just the deepest.

A helper that many steps share fails at its own line whatever it was given. So three questions are
asked before the deepest line is blamed: did an argument come in that the annotations rule out;
does a name that the message speaks of stand as a literal on the way; is it an attribute or a
keyword on another line of the same statement.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from iiml_codegen.domain.fault import FaultClass, Place, Related
from iiml_codegen.integration.argument_origin import wrong_argument
from iiml_codegen.integration.fault_harness import INTERFACE
from iiml_codegen.integration.fault_stack import Spot, Stack
from iiml_codegen.integration.module_code import ModuleCode, assigned, header_lines, names_in
from iiml_codegen.integration.trace import Trace

QUOTED = re.compile(r"'([^'\n]{1,120})'|\"([^\"\n]{1,120})\"")
WORDS_OF_TYPES = frozenset(
    [
        "str",
        "int",
        "float",
        "bool",
        "list",
        "dict",
        "tuple",
        "set",
        "object",
        "NoneType",
        "None",
        "bytes",
        "type",
        "function",
        "method",
        "module",
        "ndarray",
        "DataFrame",
        "Series",
        "Index",
        "int64",
        "float64",
        "category",
        "self",
    ]
)
DATA_SPEAKS = re.compile(r"could not convert string|Unable to parse string|invalid literal for")
"""Messages whose quoted words are cells of data."""
NEAR, ON_THE_WAY = 1, 2
Ranked = tuple[int, int, Place]


def blame(
    trace: Trace, stack: Stack, kind: FaultClass, names: tuple[str, ...], real: frozenset[str]
) -> tuple[Place, tuple[Related, ...]]:
    """The place to blame, and the line that failed where that is another; needs a module frame.

    `real` are names that exist in the competition: a literal with such a name is right.
    """
    deepest = stack.modules[-1]
    failed = exact(stack, deepest)
    place = (
        unbound(trace, stack)
        or wrong_argument(trace, stack)
        or written(trace, stack, kind, names, real)
        or mentioning(stack, kind, names, real)
        or attribute(trace, stack, names)
        or refused_by_own(stack)
    )
    if place is None:
        return failed, ()
    if (place.file, place.line) == (failed.file, failed.line):
        return place, ()
    told = Related(place=failed, message=f"failed here: {trace.summary.splitlines()[0][:200]}")
    return place, (told,)


def exact(stack: Stack, spot: Spot) -> Place:
    """The failing expression's place in the module: renamed names may have moved its column."""
    code, line = stack.code(spot), spot.place.line
    text = code.lines[line - 1] if line <= len(code.lines) else ""
    statement = code.statement_at(line)
    indent = len(text) - len(text.lstrip()) + 1
    renamed = spot.frame.column > len(text.rstrip()) + 1
    known = spot.frame.column > 0 and not renamed and statement is not None
    return Place(file=spot.place.file, line=line, column=spot.frame.column if known else indent)


def unbound(trace: Trace, stack: Stack) -> Place | None:
    """For a name that is used in several places and defined nowhere: its misspelt definition."""
    missing = trace.name or next(iter(quoted(trace.message)), "")
    if trace.type not in ("NameError", "UnboundLocalError") or not missing:
        return None
    code = stack.code(stack.modules[-1])
    names = [n for n in ast.walk(code.tree) if isinstance(n, ast.Name)]
    used = [n for n in names if n.id == missing and isinstance(n.ctx, ast.Load)]
    read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    unread = {
        name: node
        for name, node in {**code.functions, **code.constants}.items()
        if name not in read and name not in INTERFACE
    }
    alike = [n for n in unread if SequenceMatcher(None, n, missing).ratio() >= 0.75]
    if alike and len(used) >= 1:
        best = max(alike, key=lambda name: SequenceMatcher(None, name, missing).ratio())
        return code.place(unread[best])
    return None


def written(
    trace: Trace, stack: Stack, kind: FaultClass, names: tuple[str, ...], real: frozenset[str]
) -> Place | None:
    """Where a word of the message stands as a literal, a keyword or a key, near the stack."""
    if DATA_SPEAKS.search(trace.message):
        return None
    words = [*names, trace.name, *quoted(trace.message)]
    words = [w for w in dict.fromkeys(words) if w and w not in WORDS_OF_TYPES and w not in real]
    found = [r for w in words for r in literals(stack, w, trace.message, path=kind == "path")]
    strict = min(found, key=nearness, default=None)
    if strict is not None:
        return strict[2]
    loose = min(spoken(stack, trace.message, real), key=nearness, default=None)
    return loose[2] if loose is not None and loose[0] <= NEAR else None


def mentioning(
    stack: Stack, kind: FaultClass, names: tuple[str, ...], real: frozenset[str]
) -> Place | None:
    """The statement on the way that says a name which exists, by itself or by a constant.

    The name is right, so what is wrong is where it is looked for.
    """
    wanted = {word for name in names for word in (name, name.rsplit("/", 1)[-1]) if word in real}
    if kind not in ("path", "unknown_column") or not wanted:
        return None
    for spot in reversed(stack.modules):
        code = stack.code(spot)
        statement = code.statement_at(spot.place.line)
        if statement is None:
            continue
        named = [code.constants[n] for n in names_in(statement) if n in code.constants]
        texts = {
            str(n.value)
            for node in (statement, *named)
            for n in ast.walk(node)
            if isinstance(n, ast.Constant)
        }
        if texts & wanted:
            return exact(stack, spot)
    return None


def nearness(ranked: Ranked) -> tuple[int, int, int]:
    """How near to the stack a place is, the nearest first."""
    return ranked[0], ranked[1], ranked[2].line


def quoted(message: str) -> list[str]:
    """Words that a message puts into quotes."""
    return [one or other for one, other in QUOTED.findall(message)]


def literals(stack: Stack, word: str, message: str = "", *, path: bool = False) -> Iterator[Ranked]:
    """Places of a word in the modules, ranked by how near to the stack they are.

    For a keyword that is given a constant whose value the message tells, the constant's place.
    """
    for code in stack.codes.values():
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                same = node.value == word or (
                    path and len(node.value) > 2 and word.replace("\\", "/").endswith(node.value)
                )
            elif isinstance(node, ast.keyword):
                same = node.arg == word
            else:
                continue
            if same and (ranked := rank(stack, code, node)) is not None:
                constant = told_constant(code, node, message)
                yield ranked if constant is None else (*ranked[:2], code.place(constant))


def told_constant(code: ModuleCode, node: ast.AST, message: str) -> ast.stmt | None:
    """The statement that sets the constant which a keyword is given, if a message has its value."""
    if not isinstance(node, ast.keyword) or not isinstance(node.value, ast.Name):
        return None
    statement = code.constants.get(node.value.id)
    value = getattr(statement, "value", None)
    text = ast.unparse(value).strip("'\"") if isinstance(value, ast.expr) else ""
    return statement if text and text in message else None


def spoken(stack: Stack, message: str, real: frozenset[str]) -> Iterator[Ranked]:
    """Keywords, keys, texts and numbers near the stack that the message has as plain words."""
    said = set(re.findall(r"[\w.+-]*\w", message))
    for code in stack.codes.values():
        for node in ast.walk(code.tree):
            if isinstance(node, ast.keyword):
                word = node.arg or ""
            elif isinstance(node, ast.Constant) and not isinstance(node.value, bool | bytes | None):
                word = str(node.value)
            else:
                continue
            if word in said and worth(word, real) and (near := rank(stack, code, node)) is not None:
                yield near


def worth(word: str, real: frozenset[str]) -> bool:
    """Whether a word in a message says something about the code."""
    number = bool(re.fullmatch(r"-?[\d.]+", word))
    return (len(word) > 3 and word not in WORDS_OF_TYPES | real) or (number and word not in "0123")


def rank(stack: Stack, code: ModuleCode, node: ast.AST) -> Ranked | None:
    """0: in a statement on the stack; 1: in a constant that such a statement names; 2: in a
    constant that a function on the stack names; 3: elsewhere in such a function; else 4.
    """
    line = getattr(node, "lineno", 1)
    best = (4, 0)
    for depth, spot in enumerate(reversed(stack.modules)):
        home = stack.code(spot)
        statement, function = home.statement_at(spot.place.line), home.function_at(spot.place.line)
        if home.file != code.file or statement is None:
            continue
        if line in header_lines(statement):
            best = min(best, (0, depth))
        top = next((s for s in code.tree.body if s.lineno <= line <= (s.end_lineno or 0)), None)
        constants = set(assigned(top)) if top is not None else set()
        if constants & names_in(statement):
            best = min(best, (NEAR, depth))
        elif function is not None and constants & names_in(function):
            best = min(best, (ON_THE_WAY, depth))
        elif function is not None and function.lineno <= line <= (function.end_lineno or 0):
            best = min(best, (3, depth))
    return (*best, code.place(node))


def refused_by_own(stack: Stack) -> Place | None:
    """The call of a helper that refused, by a `raise` of its own, what it was given."""
    *before, deepest = stack.modules
    statement = stack.code(deepest).statement_at(deepest.place.line)
    return exact(stack, before[-1]) if before and isinstance(statement, ast.Raise) else None


def attribute(trace: Trace, stack: Stack, names: tuple[str, ...]) -> Place | None:
    """The line of the attribute within a statement of several lines."""
    if trace.type != "AttributeError" or not names:
        return None
    spot = stack.modules[-1]
    statement = stack.code(spot).statement_at(spot.place.line)
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.Attribute) and node.attr == names[0]:
            line, column = node.end_lineno or 1, (node.end_col_offset or 0) - len(node.attr) + 1
            return Place(file=spot.place.file, line=line, column=max(column, 1))
    return None
