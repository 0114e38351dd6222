"""IIML003: a merge was left half done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

OURS = re.compile(r"^<{7}(?: |$)")
ANY = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$")


def check(module: Checked) -> Iterator[Finding]:
    """Name the beginning of each conflict, or the first sign of one whose beginning is gone."""
    if module.error is None:
        return
    marked = [(n, line) for n, line in enumerate(module.lines, start=1) if ANY.match(line)]
    begins = [number for number, line in marked if OURS.match(line)]
    if not begins and not any(line.startswith((">", "|")) for _, line in marked):
        return
    for number in begins or [marked[0][0]]:
        hint = "keep one of both sides, and take the lines with <<<<<<<, ======= and >>>>>>> away"
        yield Finding("a merge conflict is not resolved", number, 1, hint)


HEAD = "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"
RULE = StaticRule(
    code="IIML003",
    title="Merge conflict left",
    why="Both sides of a conflict stand in the file; a person has to say which one counts.",
    severity="error",
    fixable="no",
    fault="syntax",
    check=check,
    valid=(
        Example('"""Features.\n\n=======\nA heading in a text is no conflict.\n"""\nx = 1\n'),
        Example("x = 1 << 7\ny = x >> 7\n"),
    ),
    invalid=(
        Example(HEAD),
        Example("import numpy as np\n\n\n" + HEAD),
        Example("x = 1\n=======\nx = 2\n>>>>>>> theirs\n"),
    ),
)
