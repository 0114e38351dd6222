"""Brackets that are open too long, closed too often, or closed by the wrong kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.integration.repairs.syntax.attempt import (
    Attempt,
    Broken,
    code_of,
    indent_of,
    inserted,
)

CLOSING = {"(": ")", "[": "]", "{": "}"}
OPENING = {close: opening for opening, close in CLOSING.items()}
FARTHEST = 60


@dataclass(frozen=True)
class Bracket:
    """A bracket in the text: lines count from 1, columns from 0."""

    letter: str
    line: int
    column: int


def attempts(broken: Broken) -> Iterator[Attempt]:
    """Close what is open, take away what is too much, exchange what does not match."""
    open_ones, unmatched = scan(broken.text)
    for bracket in open_ones[-3:]:
        yield from closed(broken, bracket)
        line = broken.at(bracket.line)
        shorter = line[: bracket.column] + line[bracket.column + 1 :]
        yield Attempt(f"Take {bracket.letter} away", broken.with_line(bracket.line, shorter), 2.4)
    for bracket, opener in unmatched[:2]:
        yield from matched(broken, bracket, opener)


def closed(broken: Broken, bracket: Bracket) -> Iterator[Attempt]:
    """A closing bracket where the expression seems to end, then at other places of the line."""
    close, end = CLOSING[bracket.letter], natural_end(broken, bracket)
    title = f"Close {bracket.letter} of line {bracket.line}"
    last = broken.at(end)
    if end != bracket.line and last.rstrip().endswith(","):
        indent = indent_of(broken.at(bracket.line))
        yield Attempt(title, broken.with_line(end, last, f"{indent}{close}"), 0.9)
    for cost, line in ((1.0, end), (1.2, bracket.line)):
        for place, more in ends(broken.at(line)):
            text = broken.with_line(line, inserted(broken.at(line), place, close))
            yield Attempt(title, text, cost + more)
    for place in boundaries(broken.at(bracket.line), bracket.column + 1):
        text = inserted(broken.at(bracket.line), place, close)
        near = 0.001 * abs(broken.column - 1 - place) if broken.line == bracket.line else 0.0
        yield Attempt(title, broken.with_line(bracket.line, text), 1.3 + near)
    for line in range(bracket.line + 1, min(end, bracket.line + FARTHEST)):
        text = inserted(broken.at(line), len(code_of(broken.at(line)).rstrip(",")), close)
        yield Attempt(title, broken.with_line(line, text), 1.7)


def natural_end(broken: Broken, bracket: Bracket) -> int:
    """The last line before one that stands no deeper than the line of the bracket."""
    depth = len(indent_of(broken.at(bracket.line)))
    last = bracket.line
    for number in range(bracket.line + 1, min(len(broken.lines), bracket.line + FARTHEST) + 1):
        line = broken.at(number)
        if not line.strip():
            continue
        if len(indent_of(line)) <= depth and line.strip()[0] not in ")]}":
            break
        last = number
    return last


def ends(line: str) -> list[tuple[int, float]]:
    """Where a bracket may close at the end of a line: before its colon or comma, or last."""
    code = code_of(line)
    bare = code.rstrip(":,")
    places = [(len(bare), 0.0), (len(code), 0.1)] if bare != code else [(len(code), 0.0)]
    tail = len(bare) - len(bare.rstrip(")]}"))
    return places + [(len(bare) - n, 0.05 + 0.01 * n) for n in range(1, tail + 1)]


def boundaries(line: str, start: int) -> list[int]:
    """Ends of words, numbers, strings and brackets behind a column."""
    code = code_of(line)
    pattern = re.compile(r"[\w.]+(?=\W|$)|[\"'](?=\W|$)|[)\]}]")
    return [found.end() for found in pattern.finditer(code, start)]


def matched(broken: Broken, bracket: Bracket, opener: Bracket | None) -> Iterator[Attempt]:
    """A closing bracket that fits nothing: gone, or of the kind that was opened."""
    line = broken.at(bracket.line)
    gone = line[: bracket.column] + line[bracket.column + 1 :]
    if opener is not None:
        fitting = CLOSING[opener.letter]
        other = line[: bracket.column] + fitting + line[bracket.column + 1 :]
        before = inserted(line, bracket.column, fitting)
        title = f"Close {opener.letter} by {fitting}"
        yield Attempt(title, broken.with_line(bracket.line, other), 1.0)
        yield Attempt(title, broken.with_line(bracket.line, before), 1.1)
        if opener.line == bracket.line:
            for place in boundaries(line, opener.column + 1):
                if place < bracket.column:
                    text = broken.with_line(bracket.line, inserted(line, place, fitting))
                    yield Attempt(title, text, 1.15)
        else:
            yield from closed(broken, opener)
        first = broken.at(opener.line)
        start = OPENING[bracket.letter]
        changed = first[: opener.column] + start + first[opener.column + 1 :]
        title = f"Open by {start}"
        yield Attempt(title, broken.with_line(opener.line, changed), 1.2)
    title = f"Take {bracket.letter} away"
    written = [gone] if gone.strip() else []
    yield Attempt(title, broken.with_line(bracket.line, *written), 1.25 if opener else 1.0)
    yield from opened(broken, bracket, opener)


def opened(broken: Broken, bracket: Bracket, opener: Bracket | None) -> Iterator[Attempt]:
    """An opening bracket where a call or an index may begin: after a word, or amid two of them."""
    letter, first = OPENING[bracket.letter], opener.line if opener else bracket.line - 15
    for line in range(bracket.line, max(first - 1, 0), -1):
        text = broken.at(line)
        end = bracket.column if line == bracket.line else len(text)
        start = opener.column + 1 if opener and line == opener.line else 0
        far = 0.1 * (bracket.line - line)
        for place, cost in openings(text, start, end, broken.words):
            new = broken.with_line(line, inserted(text, place, letter))
            yield Attempt(f"Open {letter}", new, cost + far + 0.001 * (end - place))


def openings(text: str, start: int, end: int, words: Counter[str]) -> Iterator[tuple[int, float]]:
    """Places for an opening bracket: most likely where it parts two words that exist alone."""
    for found in re.finditer(r"\w+", text[:end]):
        for place in range(max(start, found.start() + 1), found.end()):
            left, right = text[found.start() : place], text[place : found.end()]
            if words[found[0]] <= 1 and (words[left] or words[right] or right.isdigit()):
                yield place, parting(words[left], len(left), words[right], len(right))
        if start <= found.end() <= end and found[0] not in ("in", "if", "else", "for", "and"):
            follows = text[found.end() : found.end() + 1]
            yield (
                found.end(),
                1.0 if follows in ("", '"', "'", "~", "-", "[", "(", "{", ":") else 1.3,
            )
    for found in re.finditer(r"(?<![\w.])(?=[\w\"'(\[{-])|$", text[:end]):
        if found.start() >= start:
            yield found.start(), 1.35


def scan(text: str) -> tuple[list[Bracket], list[tuple[Bracket, Bracket | None]]]:
    """Brackets that stay open, and closing ones with what they meet instead of their own."""
    stack: list[Bracket] = []
    unmatched: list[tuple[Bracket, Bracket | None]] = []
    for bracket in letters(text):
        if bracket.letter in CLOSING:
            stack.append(bracket)
        elif stack and CLOSING[stack[-1].letter] == bracket.letter:
            stack.pop()
        else:
            unmatched.append((bracket, stack[-1] if stack else None))
            if len(stack) > 1 and CLOSING[stack[-2].letter] == bracket.letter:
                stack = stack[:-2]
    return stack, unmatched


def parting(left: int, left_size: int, right: int, right_size: int) -> float:
    """The cost of parting a word: how often each half stands alone, and how long they are."""
    if left and (right or left_size > 2):
        return (0.7 if right else 0.9) - 0.005 * min(left_size, right_size)
    return 1.0 - 0.005 * right_size if right > 2 or right_size > 2 else 1.4


TOKENS = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|' + r"'''(?:[^\\]|\\.)*?'''|"
    r'"(?:[^"\\\n]|\\.)*"?|' + r"'(?:[^'\\\n]|\\.)*'?|#[^\n]*|[()\[\]{}]",
    re.S,
)


def letters(text: str) -> Iterator[Bracket]:
    """Brackets outside of texts and comments."""
    line, start, at = 1, 0, 0
    for found in TOKENS.finditer(text):
        breaks = text.count("\n", at, found.start())
        if breaks:
            line += breaks
            start = text.rindex("\n", 0, found.start()) + 1
        at = found.start()
        if found[0] in CLOSING or found[0] in OPENING:
            yield Bracket(found[0], line, found.start() - start)
