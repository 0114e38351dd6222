"""IIML007: a sign of typesetting stands in the code."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from iiml_codegen.integration.rules.parsing.scan import scan
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

SIGNS = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2003": " ",
    "\u3000": " ",
    "\u200b": "",
    "\u200c": "",
    "\u2060": "",
    "\ufeff": "",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2018": "'",
    "\u2019": "'",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00d7": "*",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u2026": "...",
    "\uff08": "(",
    "\uff09": ")",
    "\uff0c": ",",
    "\uff1a": ":",
    "\uff1d": "=",
}
SIGN = re.compile("[" + "".join(SIGNS) + "]")


def check(module: Checked) -> Iterator[Finding]:
    """Look at the sign that the parser stopped at."""
    error = module.error
    if error is None or not error.lineno or not SIGN.search(module.text):
        return
    if "invalid" not in (error.msg or "") or scan(module.text).ran_on:
        return
    number = min(error.lineno, len(module.lines))
    line = module.lines[number - 1]
    place = (error.offset or 1) - 1
    found = SIGN.match(line, place) or SIGN.search(line)
    if found:
        sign = found.group()
        text = f"U+{ord(sign):04X} is no sign of Python"
        hint = f"write {SIGNS[sign]!r}" if SIGNS[sign] else "take it away"
        yield Finding(text, number, found.start() + 1, hint)


def fix(module: Checked, finding: Finding) -> str | None:
    """Replace all such signs outside of strings and comments, if the text parses then."""
    kept = re.compile(r"#[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
    position, parts = 0, []
    for place in kept.finditer(module.text):
        parts += [plain(module.text[position : place.start()]), place.group()]
        position = place.end()
    text = "".join([*parts, plain(module.text[position:])])
    try:
        list(tokenize.generate_tokens(io.StringIO(text).readline))
        compile(text, module.file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, tokenize.TokenError, RecursionError, MemoryError):
        return None
    return text


def plain(text: str) -> str:
    """Code with the signs of a keyboard."""
    return SIGN.sub(lambda found: SIGNS[found.group()], text)


RULE = StaticRule(
    code="IIML007",
    title="Typographic sign in code",
    why="Code from web pages and documents carries quotes, dashes and spaces that Python refuses.",
    severity="error",
    fixable="safe",
    fault="syntax",
    check=check,
    fix=fix,
    valid=(
        Example('TITLE = "“Titanic” – who survived?"  # it’s fine in texts\n'),
        Example("größe = 1\n"),
    ),
    invalid=(
        Example("name = “Age”\n"),
        Example("import numpy as np\n\nx =\u00a01\n"),
        Example("low = 3 – 1\n"),
        Example("def f(a, b):\n    return a ≤ b\n"),
    ),
)
