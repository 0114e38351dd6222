"""Brackets and strings of a text that does not parse: where each was opened, what stays open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<triple>\"\"\"|\'\'\')
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<lone>["'][^\n]*)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<start>(?<=\n)[ \t]*(?:
        (?:def|class|return|import|from|with|for|while|if|elif|else|try)\b
        |@|\#\ \[[^\n]*|[A-Za-z_]\w*\ =\ |->))""",
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
    """What one reading found; it ends at the first bracket that closes one of another kind.

    `broken_off` is a bracket that was open where a statement of the same depth begins on line
    `broken_at`; `mismatch` is an open bracket and the line of the other that met it; `astray` one
    whose closing bracket stands less deep than its own line; `early` the last closing bracket amid
    a line that ends what was opened at the end of another. `open_string` is a triple-quoted
    string that never ends; `ran_on` one that ends where the next begins. `texts` are all such
    strings with their last lines.
    """

    brackets: list[Opened] = field(default_factory=list)
    open_string: Opened | None = None
    broken_off: Opened | None = None
    broken_at: int = 0
    mismatch: tuple[Opened, int] | None = None
    astray: Opened | None = None
    early: Opened | None = None
    ran_on: tuple[Opened, int] | None = None
    texts: list[tuple[Opened, int]] = field(default_factory=list)


@lru_cache(maxsize=4)
def scan(text: str) -> Scan:
    """Read a text leniently; it needs no valid Python. Several rules ask for the same one."""
    reader = Reader(text)
    while reader.step():
        pass
    return reader.found


class Reader:
    """One reading, token by token."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\r\n?", "\n", text)
        self.lines = self.text.split("\n")
        self.found = Scan()
        self.position = self.line = self.begins = 0

    def step(self) -> bool:
        """Read the next token; False at the end."""
        token = TOKEN.search(self.text, self.position)
        if token is None:
            return False
        self.position = token.end()
        while self.begins + len(self.lines[self.line]) < token.start():
            self.begins += len(self.lines[self.line]) + 1
            self.line += 1
        row, sign = self.lines[self.line], token.group()
        column = token.start() - self.begins
        here = Opened(sign, self.line + 1, column + 1, len(row) - len(row.lstrip(" \t")))
        match token.lastgroup:
            case "triple":
                return self.read_text(here)
            case "open":
                self.found.brackets.append(here)
            case "close":
                return self.close(here, first=not row[:column].strip())
            case "start":
                self.begin(sign)
        return True

    def read_text(self, opened: Opened) -> bool:
        """Skip a string in triple quotes."""
        end = self.text.find(opened.sign, self.position)
        if end < 0:
            self.found.open_string = opened
            return False
        last = opened.line + self.text.count("\n", self.position, end)
        self.found.texts.append((opened, last))
        self.position = end + len(opened.sign)
        alone = not self.text[self.text.rfind("\n", 0, end) + 1 : end].strip()
        if last > opened.line and alone and WORD.match(self.text, self.position):
            self.found.ran_on = self.found.ran_on or (opened, last)
        return True

    def close(self, here: Opened, *, first: bool) -> bool:
        """Take the last open bracket away, if it is of this kind."""
        found = self.found
        if not found.brackets or found.brackets[-1].sign != PAIRS[here.sign]:
            if found.brackets:
                found.mismatch = (found.brackets[-1], here.line)
            return False
        opened = found.brackets.pop()
        if not first and opened.line < here.line and not self.after(opened):
            found.early = here
        if first and here.indent < opened.indent and found.astray is None:
            found.astray = opened
        return True

    def after(self, opened: Opened) -> str:
        """What follows an open bracket in its line, comments left out."""
        return self.lines[opened.line - 1][opened.column :].split("#")[0].strip()

    def begin(self, sign: str) -> None:
        """A line begins like a statement, or with the arrow that follows parameters."""
        found = self.found
        if found.brackets and found.broken_off is None:
            arrow = sign.lstrip(" \t").startswith("->")
            if arrow or len(sign) - len(sign.lstrip(" \t")) <= found.brackets[0].indent:
                found.broken_off = found.brackets[-1]
                found.broken_at = self.line + 1 + arrow
