"""One try at mending a text that does not parse."""

from __future__ import annotations

import builtins
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

COMMON = (
    *("axis", "dtype", "index", "columns", "inplace", "how", "on", "by", "key", "name", "np", "pd"),
    *(
        "fit",
        "predict",
        "transform",
        "fillna",
        "astype",
        "to_numpy",
        "copy",
        "mean",
        "random_state",
    ),
)
"""Words of data science that a text may use once."""


@dataclass(frozen=True)
class Attempt:
    """A text that might parse: what was done, how far it goes from the original, what it loses."""

    title: str
    text: str
    cost: float
    loses: str = ""


@dataclass(frozen=True)
class Broken:
    """A text with its first syntax error; lines and columns count from 1."""

    text: str
    message: str
    line: int
    column: int

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.split("\n")

    def with_line(self, line: int, *written: str) -> str:
        """The text with other lines in the place of one."""
        lines = self.lines
        return "\n".join([*lines[: line - 1], *written, *lines[line:]])

    def at(self, line: int) -> str:
        """A line; empty where there is none."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def above(self, line: int) -> int:
        """The nearest line above that says something, 0 if there is none."""
        return next((n for n in range(line - 1, 0, -1) if self.at(n).strip()), 0)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in the text."""
        return Counter(re.findall(r"[^\W\d]\w*", self.text)) + Counter([*dir(builtins), *COMMON])

    @property
    def suspects(self) -> list[int]:
        """The line of the error, and the one above, where the slip often is."""
        here = min(max(self.line, 1), len(self.lines))
        if not self.at(here).strip():
            here = self.above(here) or here
        return [line for line in (here, self.above(here)) if line]


def problem_of(text: str) -> Broken | None:
    """The first error of a text; None for a text that compiles.

    Compiling finds more than parsing: a `return` outside of functions, for one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "module", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Broken(text, error.msg or "", error.lineno or 1, error.offset or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(text, str(error), 1, 1)
    return None


def indent_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def code_of(line: str) -> str:
    """A line without its comment, as far as quotes tell; the white space at its end goes."""
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote and line[place - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#":
            return line[:place].rstrip()
    return line.rstrip()


def inserted(line: str, place: int, new: str) -> str:
    """A line with something put in."""
    return line[:place] + new + line[place:]
