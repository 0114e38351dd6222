"""A method that changes its object and returns nothing, read as if it returned it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import Change, Source

SIGN = re.compile(r"'NoneType' object|NoneType' and|got None|be None|of type NoneType|NoneType")
CHANGERS = {"sort", "append", "extend", "reverse", "update", "add", "insert", "shuffle", "clear"}
"""Methods of lists, dicts and sets that return nothing."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The result in place of the change, or the change as a statement of its own."""
    if not SIGN.search(fault.message):
        return
    source = Source(text)
    changes = list(in_place(source))
    if changes:
        yield Edit("Take the result, without inplace=True", source.edited(changes))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Attribute) and function.attr in CHANGERS:
                yield from by_itself(source, node, function)


def in_place(source: Source) -> Iterator[Change]:
    """`inplace=True` of calls whose result something reads."""
    for call in source.calls():
        for keyword in call.keywords:
            told = keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant)
            if told and not isinstance(source.parents.get(call), ast.Expr):
                yield source.without(call, keyword)


def by_itself(source: Source, node: ast.Assign, function: ast.Attribute) -> Iterator[Edit]:
    """`a = b.sort()` as `b.sort()` if both are the same, else by a copy."""
    owner, target = source.of(function.value), source.of(node.targets[0])
    if owner == target:
        new = source.replaced(node, source.of(node.value))
        yield Edit(f"Call {function.attr} by itself", source.edited([new]))
    elif function.attr == "sort":
        call = node.value
        assert isinstance(call, ast.Call)
        given = "".join(f", {source.of(keyword)}" for keyword in call.keywords)
        new = source.replaced(call, f"sorted({owner}{given})")
        yield Edit("Call sorted", source.edited([new]))


REPAIR = Repair(
    name="returns_nothing",
    title="Read what a method returns, not what it changes",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            failure(
                "incompatible_api",
                "AttributeError: 'NoneType' object has no attribute 'columns'",
                2,
            ),
            "rows = rows.fillna(0, inplace=True)\nn = rows.columns\n",
            "rows = rows.fillna(0)\nn = rows.columns\n",
        ),
        Example(
            failure("incompatible_api", "TypeError: 'NoneType' object is not iterable", 2),
            "names = names.sort()\nx = list(names)\n",
            "names.sort()\nx = list(names)\n",
        ),
    ),
)
