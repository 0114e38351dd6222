"""IIML160: something is compared with NaN."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

NAMES = ("numpy.nan", "numpy.NaN", "math.nan", "pandas.NA", "pandas.NaT")


def check(module: Checked) -> Iterator[Finding]:
    """Look at both sides of == and !=."""
    for node in module.nodes(ast.Compare):
        equal = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        if equal and any(is_nan(module, side) for side in (node.left, *node.comparators)):
            yield at(node, "nothing equals NaN, not even NaN", "ask with .isna()")


def is_nan(module: Checked, node: ast.expr) -> bool:
    """Whether an expression is one of the missing values."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return bool(node.args) and (module.string(node.args[0]) or "").lower() == "nan"
    return module.full(node) in NAMES


RULE = StaticRule(
    code="IIML160",
    title="Comparison with NaN",
    why="The condition is the same for every row, so gaps are never found.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def f(t):\n    return t['Age'].isna()\n"),
        Example("import numpy as np\n\n\ndef f(t):\n    return t.replace(-1, np.nan)\n"),
    ),
    invalid=(
        Example("import numpy as np\n\n\ndef f(t):\n    return t[t['Age'] == np.nan]\n"),
        Example("def f(x):\n    return x != float('nan')\n"),
    ),
)
