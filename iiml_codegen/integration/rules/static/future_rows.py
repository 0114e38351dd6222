"""IIML131: a feature looks at later rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import is_true, keyword, number

FORWARD = Facts(forward=True)


def check(module: Checked) -> Iterator[Finding]:
    """Look for negative shifts, and for centred windows and backward fills where time counts."""
    for call in module.calls("shift", "diff", "pct_change"):
        if isinstance(call.func, ast.Attribute) and not module.full(call.func):
            steps = number(call.args[0] if call.args else keyword(call, "periods"))
            if steps is not None and steps < 0:
                yield finding(call, f"{call.func.attr}({steps:g}) reads a later row")
    if module.facts.forward and module.is_prep:
        yield from among_times(module)


def among_times(module: Checked) -> Iterator[Finding]:
    """What reads later rows in a table that is in the order of time."""
    for call in module.calls("rolling"):
        if is_true(keyword(call, "center")):
            yield finding(call, "a centred window reads later rows")
    for call in module.calls("bfill", "backfill"):
        yield finding(call, "a gap is filled from a later row")
    for call in module.calls("fillna"):
        if module.string(keyword(call, "method")) in ("bfill", "backfill"):
            yield finding(call, "a gap is filled from a later row")


def finding(call: ast.Call, text: str) -> Finding:
    """One look ahead."""
    return at(call, text, "use earlier rows only: shift(1), rolling(n), ffill()")


RULE = StaticRule(
    code="IIML131",
    title="Look into the future",
    why="When a row is to be answered, later rows are not known yet; the score would pretend it.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example("def f(t):\n    return t['sales'].shift(1).rolling(7).mean()\n", facts=FORWARD),
        Example("def f(t):\n    return t.rolling(7, center=True).mean().bfill()\n"),
        Example("import numpy as np\n\n\ndef f(t):\n    return t.ffill().diff(2)\n", facts=FORWARD),
    ),
    invalid=(
        Example("def f(t):\n    t['next'] = t.groupby('shop')['sales'].shift(-1)\n    return t\n"),
        Example("def f(t):\n    return t['sales'].rolling(7, center=True).mean()\n", facts=FORWARD),
        Example("def f(t):\n    return t.fillna(method='bfill')\n", facts=FORWARD),
        Example("def f(t):\n    return t['price'].bfill()\n", facts=FORWARD),
        Example("def f(t):\n    return t.diff(periods=-7)\n"),
    ),
)
