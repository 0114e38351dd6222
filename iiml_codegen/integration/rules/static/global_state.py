"""IIML118: a function changes the state of the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look for `global` statements whose names the function binds."""
    for node in module.nodes(ast.Global):
        function = module.owner(node)
        if function is None:
            continue
        bound = {
            name.id
            for name in module.inside(function, ast.Name)
            if not isinstance(name.ctx, ast.Load)
        }
        for name in node.names:
            if name in bound:
                hint = "return it, or keep what is learned in `fitted`"
                yield at(node, f"{name} of the module is changed by {function.name}", hint)


RULE = StaticRule(
    code="IIML118",
    title="Module state changed by a function",
    why="fit and predict may run in other processes and in any order; only arguments travel.",
    severity="warning",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example("LIMIT = 3\n\n\ndef f(x):\n    return x * LIMIT\n"),
        Example("STATE = 1\n\n\ndef f():\n    global STATE\n    return STATE\n"),
    ),
    invalid=(
        Example(
            "scaler = None\n\n\ndef fit(X, y):\n    global scaler\n    scaler = X.mean()\n"
            "    return 1\n",
            "model_a.py",
        ),
        Example("COUNT = 0\n\n\ndef f(x):\n    global COUNT\n    COUNT += x\n    return x\n"),
    ),
)
