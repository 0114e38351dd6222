"""What does not belong into a module: marks of a merge, prose, an end that is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.repairs.syntax.attempt import Attempt, Broken, indent_of
from iiml_codegen.integration.repairs.syntax.brackets import CLOSING, scan

MERGE = re.compile(
    r"^<{7}[^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}[ \t]*\r?\n"
    r"(?P<theirs>.*?)^>{7}[^\n]*(?:\n|\Z)",
    re.M | re.S,
)
MARKS = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})[^\n]*\n?", re.M)
PROSE = re.compile(r"^\s*[A-Z*#>`-][^=()\[\]{}]*$|^\s*\S+(?:\s+[A-Za-z',]+){3,}[.:!]?\s*$")
FEWEST_LINES = 8
MOST_CUT = 0.4
"""Share of the lines that may go where the end of a text is no code."""


def attempts(broken: Broken) -> Iterator[Attempt]:
    """One side of a merge, a line of prose gone, the end closed or taken away."""
    yield from merged(broken)
    for far, line in enumerate(broken.suspects):
        yield from without_line(broken, line, 0.3 * far)
    yield from cut_off(broken)


def merged(broken: Broken) -> Iterator[Attempt]:
    """The text with one side of each conflict, ours first, and with both."""
    if not MARKS.search(broken.text):
        return
    for side, cost in (("ours", 0.5), ("theirs", 0.6)):
        text = MERGE.sub(lambda found, side=side: str(found[side]), broken.text)  # type: ignore[misc]
        if text != broken.text:
            named = "upper" if side == "ours" else "lower"
            yield Attempt(f"Take the {named} side of the merge", text, cost)
    yield Attempt("Take the marks of a merge away", MARKS.sub("", broken.text), 0.9)


def without_line(broken: Broken, line: int, far: float) -> Iterator[Attempt]:
    """A line as a comment: it loses nothing where it is prose."""
    text = broken.at(line)
    if not text.strip() or text.lstrip().startswith("#"):
        return
    prose = bool(PROSE.match(text))
    written = f"{indent_of(text)}# {text.lstrip()}"
    loses = "" if prose else f"line {line}"
    title = f"Make line {line} a comment"
    yield Attempt(title, broken.with_line(line, written), (1.2 if prose else 3.0) + far, loses)
    last = line
    while last < len(broken.lines) and PROSE.match(broken.at(last + 1)):
        last += 1
    if prose and last > line:
        lines = broken.lines
        block = [f"{indent_of(t)}# {t.lstrip()}" for t in lines[line - 1 : last]]
        text = "\n".join([*lines[: line - 1], *block, *lines[last:]])
        yield Attempt(f"Make lines {line} to {last} a comment", text, 1.3 + far)


def cut_off(broken: Broken) -> Iterator[Attempt]:
    """An end that breaks off: closed as it stands, or without its last statement or lines."""
    lines = broken.text.rstrip().split("\n")
    open_ones, _ = scan(broken.text)
    if open_ones:
        closing = "".join(CLOSING[bracket.letter] for bracket in reversed(open_ones))
        text = broken.text.rstrip().rstrip(",") + closing + "\n"
        yield Attempt("Close what is open at the end", text, 1.2)
    first = max(1, int(len(lines) * (1 - MOST_CUT)))
    start = min([broken.line, *(bracket.line for bracket in open_ones)])
    if start >= first and len(lines) >= FEWEST_LINES:
        for line in (start, broken.line):
            kept = "\n".join(lines[: line - 1]).rstrip() + "\n"
            loses = f"the lines from {line} on"
            prose = all(PROSE.match(text) for text in lines[line - 1 :] if text.strip())
            cost = 1.4 if prose else 3.4
            yield Attempt(f"End before line {line}", kept, cost, "" if prose else loses)
