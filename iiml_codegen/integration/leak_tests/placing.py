"""Where in prep a column is made: the marked region that names it, and its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.fault import Place, Severity, Violation
from iiml_codegen.domain.leak import LeakOutcome, LeakVerdict
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree

SEVERITY: dict[LeakVerdict, Severity] = {
    "passed": "information",
    "violated": "error",
    "reported": "warning",
    "declared": "information",
    "skipped": "information",
}
OWN_WARNINGS = frozenset({"IIML505", "IIML509"})
"""Broken by the plan, or to the candidate's own harm: worth a warning, no reason to refuse it."""


@dataclass(frozen=True)
class Mention:
    """A line that names a column, and the step in whose region it stands."""

    line: int
    step: str | None


def mentions(prep: str, column: str) -> Iterator[Mention]:
    """Lines where a column's name stands as a string, a keyword or an attribute.

    A list of the module that holds it stands for it wherever it is used.
    """
    try:
        tree = syntax_tree(prep)
    except (SyntaxError, ValueError):
        return
    lists = lists_with(tree, column)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in lists and isinstance(node.ctx, ast.Load):
            yield Mention(node.lineno, step_at(prep, node.lineno))
        named = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.keyword):
            named = node.arg
        if isinstance(node, ast.Attribute):
            named = node.attr
        if isinstance(named, str) and named == column:
            line = getattr(node, "lineno", 1)
            yield Mention(line, step_at(prep, line))


def lists_with(tree: ast.Module, column: str) -> set[str]:
    """Variables of the module whose value names a column."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and column in listed_in(node.value):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def listed_in(value: ast.expr) -> set[object]:
    """Constants in a value; of a long list written as `text.split()` its words."""
    constants = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant)]
    split = isinstance(value, ast.Call) and ast.unparse(value.func).endswith(".split")
    return {
        word
        for constant in constants
        for word in (constant.split() if split and isinstance(constant, str) else [constant])
    }


def step_at(prep: str, line: int) -> str | None:
    """The step whose marked region holds a line: the last marker before it, in its function."""
    lines = re.split(r"\r\n|\n|\r", prep)
    for step, number, _ in reversed(list(markers(prep))):
        if number <= line:
            between = lines[number:line]
            return None if any(text[:1].strip() for text in between) else step
    return None


def undeclared(prep: str, columns: Sequence[str], declared: Sequence[str]) -> tuple[str, ...]:
    """Columns that prep names outside of the declared steps, and nowhere inside them."""
    strange = []
    for column in filter(None, columns):  # a whole output has no name to look for
        steps = {found.step for found in mentions(prep, column)}
        if steps and not steps & set(declared):
            strange.append(column)
    return tuple(strange)


def place_of(outcome: LeakOutcome, prep: str) -> tuple[Place, str | None]:
    """Where a verdict points: its line, one that names its columns, a step, else `prepare`."""
    if outcome.line is not None:
        return Place(file="prep.py", line=outcome.line), step_at(prep, outcome.line)
    for name in outcome.names if outcome.verdict != "declared" else ():
        found = sorted(mentions(prep, name), key=lambda one: (one.step is None, one.line))
        if found:
            return Place(file="prep.py", line=found[0].line), found[0].step
    for step, number, column in markers(prep):
        if step in outcome.steps:
            return Place(file="prep.py", line=number, column=column), step
    head = re.search(r"^def prepare\b", prep, re.MULTILINE)
    return Place(file="prep.py", line=prep[: head.start()].count("\n") + 1 if head else 1), None


def as_violation(outcome: LeakOutcome, prep: str) -> Violation:
    """A verdict in the form of the verification ladder."""
    place, step = place_of(outcome, prep)
    severity = SEVERITY[outcome.verdict]
    if severity == "error" and outcome.code in OWN_WARNINGS:
        severity = "warning"
    shown = "; ".join(f"{value.name}: {value.shown}" for value in outcome.evidence)
    return Violation(
        code=outcome.code,
        message=outcome.says,
        place=place,
        severity=severity,
        hint=shown,
        step=step,
        names=outcome.names,
    )
