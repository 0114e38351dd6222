"""IIML113: code that is never reached."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def check(module: Checked) -> Iterator[Finding]:
    """Look at what follows a statement that leaves its block."""
    for kind in LEAVING:
        for node in module.nodes(kind):
            follower = next_statement(module, node)
            if follower is not None and not is_yield(follower):
                what = kind.__name__.lower()
                yield at(follower, f"never reached: the line above leaves by {what}")


def next_statement(module: Checked, node: ast.AST) -> ast.stmt | None:
    """The statement after this one in the same block."""
    parent = module.index.parents[node]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and node in block:
            after = block[block.index(node) + 1 :]
            return after[0] if after else None
    return None


def is_yield(statement: ast.stmt) -> bool:
    """A `yield` after `return` makes a function an empty generator on purpose."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield)


RULE = StaticRule(
    code="IIML113",
    title="Code that is never reached",
    why="A step that looks as if it ran, but does not, misleads whoever reads the module.",
    severity="warning",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(x):\n    if x:\n        return 1\n    return 2\n"),
        Example(
            "def f(rows):\n    for row in rows:\n        if row:\n            continue\n"
            "        yield row\n"
        ),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    return {}\n    print('done')\n"),
        Example(
            "def f(rows):\n    for row in rows:\n        break\n        rows = row\n"
            "    return rows\n"
        ),
        Example("def f(x):\n    raise ValueError(x)\n    return x\n"),
    ),
)
