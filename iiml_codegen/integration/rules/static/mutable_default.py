"""IIML119: a default that calls share is changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import Function, last_name, root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

MEMORY = re.compile(r"^_|cache|memo")
CHANGES = ("append", "extend", "update", "add", "setdefault", "insert", "pop", "clear", "remove")


def check(module: Checked) -> Iterator[Finding]:
    """Look for parameters with a list, dict or set as default that the function changes."""
    for function in module.all_functions:
        for name, default in defaults(function):
            if (
                is_mutable(default)
                and not MEMORY.search(name)
                and is_changed(module, function, name)
            ):
                hint = f"write {name}=None and make a new one inside"
                yield at(default, f"the default of {name} is shared by all calls", hint)


def defaults(function: Function) -> Iterator[tuple[str, ast.expr]]:
    """Parameters with their defaults."""
    given = function.args
    places = [*given.posonlyargs, *given.args]
    for item, default in zip(reversed(places), reversed(given.defaults), strict=False):
        yield item.arg, default
    for item, keyword in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if keyword is not None:
            yield item.arg, keyword


def is_mutable(node: ast.expr) -> bool:
    """Whether a default can be changed in place."""
    made = isinstance(node, ast.Call) and last_name(node.func) in ("list", "dict", "set")
    return made or isinstance(node, ast.List | ast.Dict | ast.Set)


def is_changed(module: Checked, function: Function, name: str) -> bool:
    """Whether the function stores into the parameter or calls what changes it."""
    stored = any(
        isinstance(node.ctx, ast.Store) and root_name(node) == name
        for node in module.inside(function, ast.Subscript)
    )
    return stored or any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in CHANGES
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == name
        for call in module.inside(function, ast.Call)
    )


RULE = StaticRule(
    code="IIML119",
    title="Shared default changed",
    why="What the first fold learned stays in the default and leaks into the next one.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(columns=['Age']):\n    return list(columns)\n"),
        Example(
            "def f(fitted=None):\n    fitted = {} if fitted is None else fitted\n"
            "    fitted['a'] = 1\n    return fitted\n"
        ),
    ),
    invalid=(
        Example("def f(rows, fitted={}):\n    fitted['mean'] = rows.mean()\n    return fitted\n"),
        Example("def f(row, seen=[]):\n    seen.append(row)\n    return seen\n"),
        Example("def f(row, *, seen=set()):\n    seen.add(row)\n    return len(seen)\n"),
    ),
)
