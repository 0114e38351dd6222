"""IIML009: the module is written in Python 2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

FORMS = (
    (re.compile(r"^\s*print\s+[^\s=(.\[]"), "the print statement", "call print(...)"),
    (
        re.compile(r"^\s*print\s+\(.*\)\s*%|^\s*print\s*>>"),
        "the print statement",
        "call print(...)",
    ),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"), "`except A, b`", "write `except A as b`"),
    (re.compile(r"^\s*raise\s+\w+\s*,"), "`raise A, b`", "write `raise A(b)`"),
    (re.compile(r"^\s*exec\s+[\"'\w]"), "the exec statement", "do without exec"),
    (re.compile(r"^[^#\"']*\w\s*<>\s*\w"), "the operator <>", "write !="),
)


def check(module: Checked) -> Iterator[Finding]:
    """Compare the line that the parser stopped at with forms that Python 3 gave up."""
    error = module.error
    if error is None or not error.lineno:
        return
    number = min(error.lineno, len(module.lines))
    line = module.lines[number - 1]
    for form, what, hint in FORMS:
        if form.match(line):
            column = len(line) - len(line.lstrip()) + 1
            yield Finding(f"{what} is Python 2", number, column, hint)
            return


RULE = StaticRule(
    code="IIML009",
    title="Python 2",
    why="Much public competition code is older than Python 3, which refuses its forms.",
    severity="error",
    fixable="needs_review",
    fault="syntax",
    check=check,
    valid=(
        Example('print("rows", 3)\n'),
        Example("try:\n    x = 1\nexcept (ValueError, KeyError) as error:\n    raise\n"),
    ),
    invalid=(
        Example('print "score: %.4f" % 0.5\n'),
        Example("print score\n"),
        Example("try:\n    x = 1\nexcept ValueError, error:\n    x = 2\n"),
        Example("a, b = 1, 2\nif a <> b:\n    a = b\n"),
    ),
)
