"""IIML006: tabs and spaces indent the same block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

INDENT = re.compile(r"^[ \t]+")


def check(module: Checked) -> Iterator[Finding]:
    """Ask whether the parser stumbled over an indent while both kinds are in use."""
    error = module.error
    if not isinstance(error, IndentationError):
        return
    indents = [found.group() if (found := INDENT.match(line)) else "" for line in module.lines]
    line = min(error.lineno or 1, len(indents))
    both = any("\t" in i for i in indents) and any(" " in i for i in indents)
    if isinstance(error, TabError) or (both and "\t" in "".join(indents[max(0, line - 2) : line])):
        hint = "indent every line by four spaces"
        yield Finding("tabs and spaces indent the same block", line, 1, hint)


RULE = StaticRule(
    code="IIML006",
    title="Tabs and spaces mixed",
    why="What looks aligned is not the same depth for Python, so it refuses the block.",
    severity="error",
    fixable="needs_review",
    fault="syntax",
    check=check,
    valid=(
        Example("def f():\n\tx = 1\n\treturn x\n"),
        Example('def f():\n    x = """\n\tkept\n"""\n    return x\n'),
    ),
    invalid=(
        Example("def f():\n    x = 1\n\treturn x\n"),
        Example("def f():\n\tx = 1\n        return x\n"),
        Example("if True:\n\tfor i in range(3):\n\t    x = i\n            y = i\n"),
    ),
)
