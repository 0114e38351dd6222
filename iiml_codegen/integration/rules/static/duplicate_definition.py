"""IIML112: a function or class is defined twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def check(module: Checked) -> Iterator[Finding]:
    """Look at definitions side by side in the module, and in each of its classes."""
    for body in (module.tree.body, *(node.body for node in module.nodes(ast.ClassDef))):
        seen: dict[str, int] = {}
        for node in body:
            if isinstance(node, DEFINITIONS) and not node.decorator_list:
                if node.name in seen:
                    text = f"{node.name} replaces the one of line {seen[node.name]}"
                    yield at(node, text, "take one away, or rename it")
                seen[node.name] = node.lineno


RULE = StaticRule(
    code="IIML112",
    title="Defined twice",
    why="Only the last definition counts; edits of the first one change nothing.",
    severity="warning",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(
        Example("def add_age(rows):\n    return rows\n\n\ndef add_fare(rows):\n    return rows\n"),
        Example(
            "class A:\n    @property\n    def x(self):\n        return 1\n\n"
            "    @x.setter\n    def x(self, value):\n        pass\n"
        ),
    ),
    invalid=(
        Example("def clean(rows):\n    return rows\n\n\ndef clean(rows):\n    return rows[1:]\n"),
        Example(
            "class Net:\n    def forward(self, x):\n        return x\n\n"
            "    def forward(self, x):\n        return -x\n",
            "model_a.py",
        ),
    ),
)
