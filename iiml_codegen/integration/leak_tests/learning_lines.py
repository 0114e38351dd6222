"""Statements of `prepare` that learn from test rows too, though no step declares it.

A text alone cannot say whether what is learned matters: it gives a moved feature its line, and a
warning where the moved ones are all named by declared steps as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.integration.leak_tests.placing import step_at
from iiml_codegen.syntax import syntax_tree

LEARNING = frozenset(
    {
        *("mean", "std", "var", "median", "rank", "min", "max", "sum", "quantile", "mode"),
        *("nunique", "value_counts", "factorize", "qcut", "agg", "fit", "fit_transform"),
        *("shift", "rolling", "expanding", "describe"),
    }
)
MEMORY = "fitted"
ANSWERED = re.compile(r"train|target|label|^y$", re.I)
"""Variables that are called like rows with an answer, or like the answers."""
WANTED = re.compile(r"test", re.I)
MOST_SHOWN = 60


@dataclass(frozen=True)
class Learning:
    """A call that learns from rows, its line and the step in whose region it stands."""

    line: int
    step: str | None
    shown: str

    @property
    def called(self) -> str:
        """What is called, whatever it is given."""
        return self.shown.partition("(")[0]

    def says(self) -> str:
        """The end of a sentence."""
        where = f" ({self.step})" if self.step else ""
        return f"; line {self.line}{where} learns from all rows: {self.shown}"


def learning_lines(prep: str, written: str, declared: Sequence[str]) -> list[Learning]:
    """What `prepare` learns outside of declared steps, and not as the plan has `written` it.

    Calls of what the plan calls there too, such as the choice of useful columns, are its own.
    """
    known = {ast.unparse(one) for one in prepare_of(written)}
    called = {one.called for one in learned(written, set(), declared)}
    return [one for one in learned(prep, known, declared) if one.called not in called]


def learned(prep: str, known: set[str], declared: Sequence[str]) -> list[Learning]:
    """The first call that learns in each statement outside of declared steps that is not known."""
    body = prepare_of(prep)
    alone, found = set[str](), []
    local = {node.id for one in body for node in names(one) if isinstance(node.ctx, ast.Store)}
    for statement in body:
        if ast.unparse(statement) not in known:
            calls = sorted(learning_calls(statement, alone), key=place)
            for call in calls[:1]:
                step, shown = step_at(prep, call.lineno), ast.unparse(call)[:MOST_SHOWN]
                if step not in declared:
                    found.append(Learning(call.lineno, step, shown))
        alone |= bound_alone(statement, local, alone)
    return found


def prepare_of(text: str) -> list[ast.stmt]:
    """The statements of `prepare`; none where a text cannot be read."""
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        return []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "prepare":
            return node.body
    return []


def learning_calls(statement: ast.stmt, alone: set[str]) -> Iterator[ast.Call]:
    """Calls that learn along a table, other than from the rows with an answer alone."""
    for call in ast.walk(statement):
        if isinstance(call, ast.Call) and learns(call):
            used = {node.id for node in names(call)}
            answered = any(ANSWERED.search(name) for name in used) or bool(used & alone)
            if not answered or any(WANTED.search(name) for name in used):
                yield call


def learns(call: ast.Call) -> bool:
    """Whether a call looks down a column, or is given what steps remember."""
    along = [one.value for one in call.keywords if one.arg == "axis"]
    if any(ast.unparse(one) in ("1", "-1", "'columns'") for one in along):
        return False
    if any(isinstance(one, ast.Name) and one.id == MEMORY for one in call.args):
        return True
    attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if attribute == "transform":  # of groups by the name of a statistic; no fitted transformer
        return bool(call.args) and isinstance(call.args[0], ast.Constant)
    return attribute in LEARNING


def bound_alone(statement: ast.stmt, local: set[str], alone: set[str]) -> set[str]:
    """Names that an assignment makes from nothing but rows with an answer."""
    if not isinstance(statement, ast.Assign):
        return set()
    used = {node.id for node in names(statement.value)} & local
    if used and all(name in alone or ANSWERED.search(name) for name in used):
        return {node.id for target in statement.targets for node in names(target)}
    return set()


def place(call: ast.Call) -> tuple[int, int]:
    """Where a call ends: of calls in a row the first one is before the others."""
    return call.end_lineno or call.lineno, call.end_col_offset or 0


def names(tree: ast.AST) -> Iterator[ast.Name]:
    """Every variable in a piece of code."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name))
