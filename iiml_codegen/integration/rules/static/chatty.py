"""IIML140: the module prints a lot."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import root_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.static.work_at_import import is_main
from iiml_codegen.integration.rules.tables import is_features, is_table

MANY = 6
LOOKS = ("head", "info", "describe", "tail")


def check(module: Checked) -> Iterator[Finding]:
    """Count calls of print, and lines that only look at a table."""
    found = [
        call
        for call in module.calls("print", "display")
        if isinstance(call.func, ast.Name)
        and not any(is_main(around) for around in module.index.ancestors(call))
    ]
    if len(found) >= MANY:
        yield at(found[0], f"{len(found)} calls of print", "keep what a run log needs")
    for call in module.calls(*LOOKS):
        alone = isinstance(module.index.parents[call], ast.Expr)
        name = root_name(call.func)
        if alone and isinstance(call.func, ast.Attribute) and (is_table(name) or is_features(name)):
            shown = ast.unparse(call.func)
            yield at(call, f"{shown} alone on its line does nothing", "take it out")


PRINTS = "".join(f"print({number})\n" for number in range(MANY))
RULE = StaticRule(
    code="IIML140",
    title="Talkative module",
    why="The run log is read by people and by the error analyzer; noise hides what matters.",
    severity="information",
    fixable="needs_review",
    fault="unknown",
    check=check,
    valid=(
        Example("print('rows', 3)\n"),
        Example("def f(df):\n    top = df.head(3)\n    return top\n"),
    ),
    invalid=(Example(PRINTS), Example("def f(df):\n    df.head()\n    df.info()\n    return df\n")),
)
