"""Lines that stand too deep or not deep enough, tabs among spaces, blocks without a body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.repairs.syntax.attempt import Attempt, Broken, indent_of

SIGNS = ("indent", "unindent", "tab", "outside", "expected an", "not properly in loop", "must")
STEP = "    "


def attempts(broken: Broken) -> Iterator[Attempt]:
    """One line moved, then a block, then tabs for the whole text."""
    said = broken.message.lower()
    if any("\t" in indent_of(line) for line in broken.lines):
        yield from without_tabs(broken)
    if not any(sign in said for sign in SIGNS):
        return
    here = broken.line
    for far, line in enumerate(dict.fromkeys((here, broken.above(here)))):
        if line:
            yield from moved(broken, line, 0.9 + 0.05 * far)
    yield from shifted(broken, here)
    if "expected an indented block" in said:
        above = broken.above(here)
        filler = indent_of(broken.at(above)) + STEP + "pass"
        text = broken.with_line(above, broken.at(above), filler)
        yield Attempt("Give the block a body", text, 2.2, "the body of a block")
    if "unexpected indent" in said:
        yield from continued(broken, here)
    if here == 1 or broken.lines[0][:1] in (" ", "\t"):
        yield from flush(broken)


def without_tabs(broken: Broken) -> Iterator[Attempt]:
    """Spaces for the tabs that lines begin with."""
    for width in (4, 8):
        lines = [
            indent_of(line).expandtabs(width) + line[len(indent_of(line)) :]
            for line in broken.lines
        ]
        yield Attempt("Indent by spaces", "\n".join(lines), 0.9 + 0.01 * width)


def moved(broken: Broken, line: int, cost: float) -> Iterator[Attempt]:
    """One line at the depths of its neighbours, the nearest depth first."""
    text = broken.at(line)
    own = len(indent_of(text))
    for depth in depths(broken, line):
        if depth != own:
            new = " " * depth + text.lstrip()
            far = 0.01 * abs(depth - own) + (0.3 if depth % len(STEP) else 0.0)
            yield Attempt(f"Indent line {line} by {depth}", broken.with_line(line, new), cost + far)


def depths(broken: Broken, line: int) -> list[int]:
    """Depths that a line may have: those of lines around it, and one step deeper than above."""
    above, below = broken.above(line), below_of(broken, line)
    near = [len(indent_of(broken.at(n))) for n in (above, below) if n]
    near += [near[0] + len(STEP)] if above else []
    near += [len(indent_of(broken.at(n))) for n in range(max(1, line - 40), line) if broken.at(n)]
    return list(dict.fromkeys([*near, 0]))[:8]


def below_of(broken: Broken, line: int) -> int:
    """The nearest line below that says something, 0 if there is none."""
    lines = range(line + 1, len(broken.lines) + 1)
    return next((n for n in lines if broken.at(n).strip()), 0)


def shifted(broken: Broken, line: int) -> Iterator[Attempt]:
    """The lines from here to the next of another depth, one step in or out, or like those above."""
    own = len(indent_of(broken.at(line)))
    lines, last = broken.lines, line
    for number in range(line + 1, len(lines) + 1):
        text = broken.at(number)
        if text.strip() and (len(indent_of(text)) < own or (own == 0 and starts_part(text))):
            break
        last = number if text.strip() else last
    for depth in dict.fromkeys([*depths(broken, line), own + len(STEP)]):
        if depth == own or last == line:
            continue
        block = [relaid(text, own, depth) for text in lines[line - 1 : last]]
        text = "\n".join([*lines[: line - 1], *block, *lines[last:]])
        far = 0.01 * abs(depth - own) + (0.3 if depth % len(STEP) else 0.0)
        yield Attempt(f"Indent lines {line} to {last} by {depth}", text, 1.3 + far)


def relaid(text: str, old: int, new: int) -> str:
    """A line of a block whose depth changes."""
    if not text.strip():
        return text
    return " " * max(0, len(indent_of(text)) + new - old) + text.lstrip()


def starts_part(text: str) -> bool:
    """Whether a line at the left edge begins another function, class or decorator."""
    return bool(re.match(r"(?:def|class|@|async def|if __name__)\b|@", text))


def continued(broken: Broken, line: int) -> Iterator[Attempt]:
    """A line too deep because the line that opened its block is not one any more."""
    above = broken.above(line)
    text = broken.at(above)
    if above and not text.rstrip().endswith(":"):
        yield Attempt("Add the colon", broken.with_line(above, text.rstrip() + ":"), 1.2)
        joined = text.rstrip() + " " + broken.at(line).strip()
        written = "\n".join([*broken.lines[: above - 1], joined, *broken.lines[line:]])
        yield Attempt(f"Join lines {above} and {line}", written, 1.9)


def flush(broken: Broken) -> Iterator[Attempt]:
    """The whole text without the depth that its first line has."""
    first = next((line for line in broken.lines if line.strip()), "")
    depth = len(indent_of(first))
    if depth:
        lines = [relaid(line, depth, 0) for line in broken.lines]
        yield Attempt("Begin at the left edge", "\n".join(lines), 1.0)
