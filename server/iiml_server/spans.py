"""How far a thing reaches in its line: the string, name, call or statement that begins at a column.

A line is read by itself, so that this also works in texts that do not parse.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from typing import NamedTuple

from lsprotocol import types as lsp

from iiml_codegen.domain.fault import Place
from iiml_server.positions import utf16

TOKEN = re.compile(
    r"""(?P<string>[rbfuRBFU]{0,2}(?:
            \"{3}.*?(?:\"{3}|$) | '{3}.*?(?:'{3}|$)
            | "(?:\\.|[^"\\])*(?:"|$) | '(?:\\.|[^'\\])*(?:'|$)))
        | (?P<comment>\#.*)
        | (?P<name>[^\W\d]\w*)
        | (?P<number>\d[\w.]*)
        | (?P<sign>[^\s])""",
    re.VERBOSE | re.DOTALL,
)
OPENING, CLOSING = "([{", ")]}"
SIGNED = ("+", "-", "~", "*")
BOM = "\ufeff"
COMPARED = ("=", "!", "<", ">")


class Token(NamedTuple):
    """A word or sign of a line; columns count characters from 0, `end` is exclusive."""

    kind: str
    text: str
    start: int
    end: int


def tokens(line: str) -> list[Token]:
    """The words and signs of one line."""
    return [
        Token(one.lastgroup or "", one.group(), one.start(), one.end())
        for one in TOKEN.finditer(line)
    ]


def range_of(place: Place, lines: list[str], named: Collection[str] = ()) -> lsp.Range:
    """What stands at a place of a module; columns of a first line do not count its mark."""
    number = min(max(place.line, 1), len(lines)) - 1
    mark = BOM if number == 0 and lines[0].startswith(BOM) else ""
    said = lines[number].removeprefix(mark)
    start, end = (len(mark) + at for at in reach(said, max(place.column, 1) - 1, named))
    return lsp.Range(
        start=lsp.Position(line=number, character=utf16(lines[number][:start])),
        end=lsp.Position(line=number, character=utf16(lines[number][:end])),
    )


def reach(line: str, column: int, named: Collection[str] = ()) -> tuple[int, int]:
    """Where the thing at a column begins and ends, never empty in a line that says something.

    At the line's first word that is the whole code of the line, unless it is a string or one of the
    `named`. Behind the last word it is that word.
    """
    read = tokens(line)
    if not read:
        return 0, 0
    place = next((n for n, one in enumerate(read) if column < one.end), len(read) - 1)
    first = read[place]
    start = max(first.start, min(column, first.end - 1))
    if first.kind in ("string", "comment") or first.text in named:
        return start, first.end
    if place == 0 or keyword.iskeyword(first.text):
        return start, code_end(read, place)
    if first.text in SIGNED and place + 1 < len(read):
        place += 1
    return start, expression_end(read, place)


def code_end(read: list[Token], place: int) -> int:
    """The end of the last word before a comment."""
    code = [one for one in read[place:] if one.kind != "comment"]
    return code[-1].end


def expression_end(read: list[Token], place: int) -> int:
    """The end of a name with its attributes, calls and items, or of an argument with its value."""
    if read[place].kind == "sign" and read[place].text not in OPENING:
        return read[place].end
    place = closed(read, place)
    while place + 1 < len(read) and read[place].end == read[place + 1].start:
        after = read[place + 1].text
        if after in ("(", "["):
            place = closed(read, place + 1)
        elif after == "." and place + 2 < len(read):
            place += 2
        else:
            break
    return value_end(read, place + 2) if is_argument(read, place) else read[place].end


def closed(read: list[Token], place: int) -> int:
    """The place of the bracket that closes the one here; the last of the code if none does.

    What is no bracket closes itself.
    """
    depth = 0
    for number in range(place, len(read)):
        depth += depth_of(read[number])
        if depth == 0:
            return number
    return last_of_code(read)


def depth_of(token: Token) -> int:
    """1 for a bracket that opens, -1 for one that closes."""
    if token.kind != "sign":
        return 0
    return (token.text in OPENING) - (token.text in CLOSING)


def last_of_code(read: list[Token]) -> int:
    """The place of the last token that is no comment."""
    return max(n for n, one in enumerate(read) if one.kind != "comment")


def is_argument(read: list[Token], place: int) -> bool:
    """Whether a value follows a name, as in `n_jobs=-1`."""
    after = read[place + 1 : place + 3]
    return len(after) == 2 and after[0].text == "=" and after[1].text not in COMPARED


def value_end(read: list[Token], place: int) -> int:
    """The end of an argument's value: before the next comma or the bracket around it."""
    depth, end = 0, read[place].end
    for one in read[place:]:
        depth += depth_of(one)
        if one.kind == "comment" or depth < 0 or (depth == 0 and one.text == ","):
            break
        end = one.end
    return end
