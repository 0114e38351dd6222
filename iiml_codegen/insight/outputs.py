"""Where prep gives its outputs, and under which local names it makes them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from iiml_codegen.insight.reading import GIVING, Reading
from iiml_codegen.integration.prep_places import (
    functions,
    given_as,
    is_extracted,
    last_made,
    names_of,
)


@dataclass(frozen=True)
class Made:
    """An output: the line that gives it, and name and line of the value that it is made from."""

    output: str
    given: int
    variable: str = ""
    made: int | None = None


def outputs_of(prep: Reading, outputs: tuple[str, ...]) -> tuple[Made, ...]:
    """Those of the outputs that prep gives; nothing where prepare does not parse."""
    return outputs_in(prep.excerpt(*GIVING), outputs)


@lru_cache(maxsize=64)
def outputs_in(excerpt: str, outputs: tuple[str, ...]) -> tuple[Made, ...]:
    """The same for the text of prepare and extract at their lines."""
    try:
        found = functions(excerpt)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    prepare, extract = found.get("prepare"), found.get("extract")
    if prepare is None:
        return ()
    said = string_lines(prepare)
    made = [one_output(prepare, extract, said, output) for output in outputs]
    return tuple(one for one in made if one is not None)


def string_lines(function: ast.FunctionDef) -> dict[str, int]:
    """The last line of each string; a view's half may be built from its name and `_`."""
    said: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.removesuffix("_")
            said[name] = max(node.lineno, said.get(name, 0))
    return said


def one_output(
    prepare: ast.FunctionDef, extract: ast.FunctionDef | None, said: dict[str, int], output: str
) -> Made | None:
    """Where one output comes from; `said` are the lines of strings in prepare."""
    names = names_of(output)
    lines = [said[name] for name in names if name in said]
    if not lines:
        return None
    value = given_as(prepare, names)
    if value is None:
        return Made(output, lines[0])
    for node in ast.walk(value):
        if isinstance(node, ast.Subscript) and extract and is_extracted(node):
            source = given_as(extract, (str(getattr(node.slice, "value", "")),))
            if source is not None:
                return Made(output, lines[0], first_name(source), last_made(extract, source))
    return Made(output, lines[0], first_name(value), last_made(prepare, value))


def first_name(value: ast.expr) -> str:
    """The name that a value is made from: the first that is not called."""
    called = {id(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)}
    names = (n for n in ast.walk(value) if isinstance(n, ast.Name) and id(n) not in called)
    return next((name.id for name in names), "")
