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
    """The quote at the end of the line, before brackets and commas, or behind a word."""
    text = broken.at(line)
    start = max(0, broken.column - 1) if line == broken.line else 0
    found = STARTS.search(text, start)
    if found is None:
        return
    quote = found["quote"]
    for place, cost in ends(text, found.end()):
        new = inserted(text, place, quote)
        yield Attempt("Close the text", broken.with_line(line, new), cost)
    for opening in re.finditer(re.escape(quote), text[: found.start()]):
        other = "'" if quote == '"' else '"'
        swapped = text[: opening.start()] + other + text[opening.end() :]
        yield Attempt("Make the quotes match", broken.with_line(line, swapped), 1.5)
    for word in re.finditer(r"\w+", text[: found.start()]):
        new = inserted(text, word.start(), quote)
        yield Attempt("Open the text", broken.with_line(line, new), 1.6 - 0.001 * word.start())
    gone = text[: found.start()] + text[found.end() :]
    yield Attempt(f"Take {quote} away", broken.with_line(line, gone), 1.7)
    for other in ("'", '"'):
        if other != quote and text.endswith(other, 0, len(text.rstrip(")]},:; "))):
            at = len(text.rstrip(")]},:; ")) - 1
            new = text[:at] + quote + text[at + 1 :]
            yield Attempt("Make the quotes match", broken.with_line(line, new), 0.9)


def ends(text: str, start: int) -> list[tuple[int, float]]:
    """Where a text may end: before what closes the line, else behind one of its words."""
    stripped = len(text.rstrip())
    places = [(stripped, 1.3)]
    at = stripped
    while at > start and text[at - 1] in ")]},:; ":
        at -= 1
        places.append((at, 1.0))
    words = [found.end() for found in re.finditer(r"[\w.\-/]+", text[start:])]
    places += [(start + word, 1.4 + 0.01 * n) for n, word in enumerate(words)]
    return list(dict(reversed(places)).items())


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
