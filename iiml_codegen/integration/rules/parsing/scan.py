"""Brackets and strings of a text that does not parse: where each was opened, what stays open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<triple>\"\"\"|\'\'\')
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<lone>["'][^\n]*)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<start>(?<=\n)[ \t]*(?:def|class|return|import|from|with
            |for|while|if|elif|else|try|@|\#\ \[)\b
        |(?<=\n)[ \t]*[A-Za-z_]\w*\ =\ )""",
    re.VERBOSE | re.DOTALL,
)
WORD = re.compile(r" ?[A-Za-z]")
PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Opened:
    """A bracket or string that is open: its sign, its place, and the indent of its line."""

    sign: str
    line: int
    column: int
    indent: int


@dataclass
class Scan:
    """What one reading found.

    `broken_off` is a bracket that was open where a statement of the same depth begins on line
    `broken_at`; `mismatched` says that a bracket of another kind closed one. `open_string` is
    a triple-quoted string that never ends; `ran_on` one that ends where the next begins. `texts`
    are all such strings with their last lines.
    """

    brackets: list[Opened] = field(default_factory=list)
    open_string: Opened | None = None
    broken_off: Opened | None = None
    broken_at: int = 0
    mismatched: bool = False
    ran_on: tuple[Opened, int] | None = None
    texts: list[tuple[Opened, int]] = field(default_factory=list)


def scan(text: str) -> Scan:
    """Read a text leniently; it needs no valid Python."""
    found, position = Scan(), 0
    starts = [0, *(place.end() for place in re.finditer("\n", text))]
    line = 0
    while token := TOKEN.search(text, position):
        position = token.end()
        while line + 1 < len(starts) and starts[line + 1] <= token.start():
            line += 1
        kind, sign = token.lastgroup, token.group()
        row = text[starts[line] :]
        indent = len(row) - len(row.lstrip(" \t"))
        here = Opened(sign, line + 1, token.start() - starts[line] + 1, indent)
        if kind == "triple":
            end = text.find(sign, position)
            if end < 0:
                found.open_string = here
                return found
            last = line + 1 + text.count("\n", position, end)
            found.texts.append((here, last))
            position = end + len(sign)
            begins = text[text.rfind("\n", 0, end) + 1 : end].strip() == ""
            if last > here.line and begins and WORD.match(text, position) and not found.ran_on:
                found.ran_on = (here, last)
        elif kind == "open":
            found.brackets.append(here)
        elif kind == "close" and found.brackets and found.brackets[-1].sign == PAIRS[sign]:
            found.brackets.pop()
        elif kind == "close":
            found.mismatched = True
        elif kind == "start" and found.brackets and found.broken_off is None:
            outer = found.brackets[0]
            if len(sign) - len(sign.lstrip(" \t")) <= outer.indent:
                found.broken_off, found.broken_at = found.brackets[-1], line + 1
    return found
