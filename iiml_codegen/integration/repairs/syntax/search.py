"""Search for the smallest edits that make a text parse: the nearest ones first."""

from __future__ import annotations

import ast
import builtins
import heapq
import re
import warnings
from collections.abc import Iterator
from itertools import chain, count

from iiml_codegen.integration.repairs.syntax import brackets, layout, leftovers, strings, words
from iiml_codegen.integration.repairs.syntax.attempt import Attempt, Broken, problem_of
from iiml_codegen.syntax import syntax_tree

MOST_CHECKS = 900
MOST_FOUND = 12
DEEPEST = 4
LONGEST_LINE = 1_000
MUCH_WORSE = 1.5
"""No longer search once this much dearer edits than the best one come up."""
ODD_TEXT = re.compile(r"^\s*[,)\]:]\s*\w|\w[,(\[]\s*$")
"""Texts that begin or end in the middle of an expression: a quote is in the wrong place."""
KINDS = (words, brackets, strings, layout, leftovers)


def mended(text: str) -> list[Attempt]:
    """Texts that compile, the nearest and most plausible first."""
    found: list[Attempt] = []
    checks, order = 0, count()
    start = problem_of(text)
    waiting = [(0.0, next(order), Attempt("", text, 0.0), start, 0)] if start else []
    seen = {text}
    while waiting and checks < MOST_CHECKS and len(found) < MOST_FOUND:
        cost, _, done, broken, depth = heapq.heappop(waiting)
        if found and cost > min(item.cost for item in found) + MUCH_WORSE:
            break
        for attempt in sorted(tries(broken), key=lambda item: item.cost):
            if attempt.text in seen:
                continue
            seen.add(attempt.text)
            checks += 1
            after, both = problem_of(attempt.text), together(done, attempt)
            if after is None:
                found.append(both)
            elif depth + 1 < DEEPEST and further(after, broken):
                heapq.heappush(waiting, (both.cost, next(order), both, after, depth + 1))
            if checks >= MOST_CHECKS:
                break
    return sorted(found, key=lambda item: item.cost + implausible(item.text))


def tries(broken: Broken) -> Iterator[Attempt]:
    """All edits of one slip; none for a line that no person wrote."""
    if any(len(broken.at(line)) > LONGEST_LINE for line in broken.suspects):
        return iter(())
    return chain.from_iterable(kind.attempts(broken) for kind in KINDS)


def together(done: Attempt, attempt: Attempt) -> Attempt:
    """Two edits as one."""
    title = f"{done.title}; {attempt.title}" if done.title else attempt.title
    loses = ", ".join(part for part in (done.loses, attempt.loses) if part)
    return Attempt(title, attempt.text, done.cost + attempt.cost, loses)


def further(after: Broken, before: Broken) -> bool:
    """Whether the first error of a text is further down than it was."""
    return after.line > before.line


def implausible(text: str) -> float:
    """How odd a text is: warnings of the compiler, names that nothing binds, idle lines."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree = syntax_tree(text)
            compile(text, "module", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return 9.0
    odd = 0.3 * len(caught)
    bound = set(dir(builtins)) | bindings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in bound:
            odd += 0.4
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Constant):
            odd += 0.0 if hasattr(node.value.value, node.attr) else 0.6
        elif isinstance(node, ast.Expr) and not isinstance(
            node.value, ast.Call | ast.Constant | ast.Await | ast.Yield
        ):
            odd += 0.5
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            odd += 0.4 if ODD_TEXT.search(node.value) else 0.0
        elif isinstance(node, ast.Tuple) and len(node.elts) == 1 and used_oddly(node):
            odd += 0.2
    return odd


def used_oddly(node: ast.Tuple) -> bool:
    """A tuple of one that holds a call: mostly a comma too much."""
    return isinstance(node.elts[0], ast.Call)


def bindings(tree: ast.AST) -> set[str]:
    """Every name that a text binds anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names
