"""IIML116: an import inside a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

LOOPS = ast.For | ast.AsyncFor | ast.While


def check(module: Checked) -> Iterator[Finding]:
    """Look at what stands around each import."""
    for node in [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]:
        if any(isinstance(around, LOOPS) for around in module.index.ancestors(node)):
            yield at(node, "import inside a loop", "move it to the top of the module")


RULE = StaticRule(
    code="IIML116",
    title="Import inside a loop",
    why="The assembler merges imports at the top; one in a loop fails late, if its package lacks.",
    severity="information",
    fixable="needs_review",
    fault="missing_dependency",
    check=check,
    valid=(
        Example("import math\n\nfor i in range(3):\n    x = math.exp(i)\n"),
        Example("def f():\n    import torch\n\n    return torch.zeros(1)\n"),
    ),
    invalid=(
        Example("for i in range(3):\n    import math\n\n    x = math.exp(i)\n"),
        Example(
            "def f(rows):\n    while rows:\n        from math import exp\n\n"
            "        rows = exp(rows)\n"
        ),
    ),
)
