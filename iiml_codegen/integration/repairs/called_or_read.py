"""Brackets of the wrong kind behind a name: what is read was called, what is called was read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import EXACT
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.source import ANYWHERE, Source

NOT_CALLED = re.compile(r"'(?P<type>[\w.]+)' object is not callable")
NOT_READ = re.compile(
    r"'(?:method|builtin_function_or_method|function)' object is not (?:subscriptable|iterable)"
    r"|object of type '(?:method|builtin_function_or_method|function)' has no len"
    r"|'(?:method|function)' object has no attribute|(?:operand|between).*'(?:method|function)'"
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Without the call, or by an index; with a call where a method was read."""
    source, line = Source(text), next(lines_of(fault), ANYWHERE)
    if NOT_CALLED.search(fault.message):
        for call in reversed(source.calls(line)):
            yield from read_instead(source, call)
    elif NOT_READ.search(fault.message):
        yield from called_instead(source, line)


def read_instead(source: Source, call: ast.Call) -> Iterator[Edit]:
    """`x.shape()` as `x.shape`, `rows("a")` as `rows["a"]`."""
    name = source.of(call.func)
    if not call.args and not call.keywords:
        if isinstance(call.func, ast.Attribute):
            yield Edit(f"Read {name}", source.edited([source.replaced(call, name)]))
    elif not call.keywords:
        start, end = source.end(call.func), source.end(call)
        inside = source.data[start + 1 : end - 1].decode()
        yield Edit(f"Index {name}", source.edited([(start, end, f"[{inside}]")]))


def called_instead(source: Source, line: int) -> Iterator[Edit]:
    """`rows.head[5]` as `rows.head(5)`, `len(rows.unique)` as `len(rows.unique())`."""
    for node in reversed(list(source.nodes_at(line))):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute | ast.Name):
            start, end = source.end(node.value), source.end(node)
            inside = source.data[start + 1 : end - 1].decode()
            name = source.of(node.value)
            yield Edit(f"Call {name}", source.edited([(start, end, f"({inside})")]))
            yield Edit(f"Call {name} first", source.edited([(start, start, "()")]))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            parent = source.parents.get(node)
            told = isinstance(parent, ast.Call) and parent.func is node
            if not told and not isinstance(parent, ast.Subscript | ast.Attribute):
                end = source.end(node)
                yield Edit(f"Call {source.of(node)}", source.edited([(end, end, "()")]))


REPAIR = Repair(
    name="called_or_read",
    title="Call what is called, read what is read",
    kinds=EXACT,
    propose=propose,
    examples=(
        Example(
            failure("incompatible_api", "TypeError: 'tuple' object is not callable"),
            "n = rows.shape()[0]\n",
            "n = rows.shape[0]\n",
        ),
        Example(
            failure("incompatible_api", "TypeError: 'DataFrame' object is not callable"),
            'x = rows("age")\n',
            'x = rows["age"]\n',
        ),
        Example(
            failure("incompatible_api", "TypeError: 'method' object is not subscriptable"),
            "x = rows.head[5]\n",
            "x = rows.head(5)\n",
        ),
        Example(
            failure("incompatible_api", "TypeError: object of type 'method' has no len()"),
            "n = len(rows.unique)\n",
            "n = len(rows.unique())\n",
        ),
    ),
)
