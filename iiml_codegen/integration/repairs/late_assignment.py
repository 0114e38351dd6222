"""A variable that is read before the line that gives it its value: the line moves up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.example_facts import failure
from iiml_codegen.integration.repairs.messages import undefined_name
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of
from iiml_codegen.integration.repairs.scopes import bound
from iiml_codegen.integration.repairs.source import Source


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """The next statement that binds the name, put above the one that reads it."""
    name = undefined_name(fault.message) or (fault.names[0] if fault.names else "")
    source = Source(text)
    for line in lines_of(fault) if name else ():
        for body in bodies(source.tree):
            reading = next((n for n, node in enumerate(body) if covers(node, line)), None)
            if reading is None or isinstance(body[reading], ast.FunctionDef | ast.ClassDef):
                continue
            for node in body[reading + 1 :]:
                if name in set(bound(node)):
                    yield Edit(f"Give {name} its value first", moved(source, node, body[reading]))
                    break


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Lists of statements that run one after the other, inner ones last."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                yield statements


def covers(node: ast.stmt, line: int) -> bool:
    """Whether a line is one of a statement's."""
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def moved(source: Source, node: ast.stmt, before: ast.stmt) -> str:
    """The text with the lines of one statement above those of another."""
    lines = source.text.split("\n")
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    first_kept = before.lineno - 1
    taken = lines[first:last]
    return "\n".join([*lines[:first_kept], *taken, *lines[first_kept:first], *lines[last:]])


REPAIR = Repair(
    name="late_assignment",
    title="Give a variable its value before it is read",
    kinds=("undefined_name",),
    propose=propose,
    examples=(
        Example(
            failure(
                "undefined_name",
                "UnboundLocalError: cannot access local variable 'rows' where it is not associated "
                "with a value",
                2,
                "rows",
            ),
            "def prepare(folder):\n    n = len(rows)\n    rows = read(folder)\n    return n\n",
            "def prepare(folder):\n    rows = read(folder)\n    n = len(rows)\n    return n\n",
        ),
    ),
)
