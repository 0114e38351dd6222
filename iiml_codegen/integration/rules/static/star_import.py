"""IIML109: a star import."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look at every `from ... import *`."""
    for node in module.nodes(ast.ImportFrom):
        if any(alias.name == "*" for alias in node.names):
            yield at(node, f"star import from {node.module}", "import the names that are used")


RULE = StaticRule(
    code="IIML109",
    title="Star import",
    why="Names out of nowhere can neither be checked nor renamed when modules share a file.",
    severity="error",
    fixable="needs_review",
    fault="undefined_name",
    check=check,
    valid=(Example("from math import exp\n"),),
    invalid=(Example("from math import *\n"),),
)
