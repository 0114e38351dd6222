"""IIML002: bytes that are no text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def check(module: Checked) -> Iterator[Finding]:
    """Look for a byte that no character stands for, which is a surrogate here, and for NUL."""
    if not UNREADABLE.search(module.text):
        return
    for number, line in enumerate(module.lines, start=1):
        found = UNREADABLE.search(line)
        if found:
            what = "a NUL byte" if found.group() == "\x00" else "a byte that is not UTF-8"
            hint = "save the file as UTF-8" if found.group() != "\x00" else "take it out"
            yield Finding(f"{what} stands here", number, found.start() + 1, hint)
            return


RULE = StaticRule(
    code="IIML002",
    title="Not a text",
    why="Python reads modules as UTF-8; one other byte and nothing of the file can be used.",
    severity="error",
    fixable="no",
    fault="unusable_output",
    check=check,
    valid=(
        Example('NAMES = {"é": "e", "ß": "ss"}  # ünïcödé is fine\n'),
        Example('def clean(text):\n    return text.replace("\\ufffd", "")\n'),
    ),
    invalid=(
        Example("import pandas as pd\n\nx = 1\x00\n"),
        Example('TITLE = "caf\udce9"\n'),
        Example("# Vorhersage f\udcfcr den Preis\nx = 1\n"),
    ),
)
