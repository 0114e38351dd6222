"""Texts that do not end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.repairs.syntax.attempt import Attempt, Broken, inserted

STARTS = re.compile(r"(?P<prefix>[rbfuRBFU]{0,2})(?P<quote>\"\"\"|'''|\"|')")


def attempts(broken: Broken) -> Iterator[Attempt]:
    """Close a text where it seems to end, or make its quotes match."""
    if "unterminated triple" in broken.message:
        yield from whole(broken)
    elif "string" in broken.message or "EOL" in broken.message:
        for line in broken.suspects[:1]:
            yield from closed(broken, line)


def closed(broken: Broken, line: int) -> Iterator[Attempt]:
    """One more quote where a text may begin or end, one quote less, or one of the other kind."""
    text = broken.at(line)
    start = max(0, broken.column - 1) if line == broken.line else 0
    found = STARTS.search(text, start)
    if found is None:
        return
    quote = found["quote"]
    for place, cost in dict(places(text)).items():
        new = inserted(text, place, quote)
        odd = 0.4 if quote * 2 in new.replace(quote * 3, "") else 0.0
        yield Attempt("Add the quote", broken.with_line(line, new), cost + odd)
    gone = text[: found.start()] + text[found.end() :]
    yield Attempt(f"Take {quote} away", broken.with_line(line, gone), 1.7)
    for other in re.finditer("[\"']", text):
        changed = quote if other[0] != quote else "'" if quote == '"' else '"'
        new = text[: other.start()] + changed + text[other.end() :]
        cost = 0.9 if other.start() > start else 1.5
        yield Attempt("Make the quotes match", broken.with_line(line, new), cost)


def places(text: str) -> Iterator[tuple[int, float]]:
    """Where a quote may be missing: at the edges of words, before brackets, at the end."""
    code = text.rstrip()
    for found in re.finditer(r"[\w.\-/%]+", code):
        yield found.end(), 1.1
        yield found.start(), 1.1
        if found[0][0] in "fFrRbB":
            yield found.start() + 1, 1.15
    for found in re.finditer(r"[)\]}:,]", code):
        yield found.start(), 1.05
    at = len(code)
    while at and code[at - 1] in ")]},:; ":
        at -= 1
        yield at, 1.0
    yield len(code), 1.05


def whole(broken: Broken) -> Iterator[Attempt]:
    """Three quotes at the end of the first line, or before a blank or less indented one."""
    line = broken.line
    found = re.search(r"\"\"\"|'''", broken.at(line)[max(0, broken.column - 1) :])
    if found is None:
        return
    text, quote = broken.at(line), found[0]
    yield Attempt("Close the text", broken.with_line(line, text.rstrip() + quote), 1.0)
    lines = broken.lines
    for number in range(line + 1, min(len(lines), line + 40) + 1):
        end = number == len(lines) or not lines[number].strip()
        text = broken.at(number)
        if end and text.strip():
            yield Attempt("Close the text", broken.with_line(number, text.rstrip() + quote), 1.2)
            break
    first = broken.at(line)
    at = first.index(quote, max(0, broken.column - 1))
    yield Attempt("Take the quotes away", broken.with_line(line, first[:at] + first[at + 3 :]), 1.8)
