"""Positions in texts: editors count UTF-16 units from 0, our rules count characters from 1.

Lines end where editors see them end. `str.splitlines`, which pygls uses, also splits at form feeds
and other characters, so that every position below one would be wrong.
"""

from __future__ import annotations

import re

from lsprotocol import types as lsp

LINE_END = re.compile(r"\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends; a final newline begins an empty last line."""
    return LINE_END.split(text)


def utf16(text: str) -> int:
    """Length in UTF-16 units, in which editors count columns."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters(line: str, units: int) -> int:
    """How many characters the first `units` UTF-16 units of a line hold; never beyond its end."""
    if line.isascii():
        return min(max(units, 0), len(line))
    head = line.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
    return len(head.decode("utf-16-le", "ignore"))


def line_range(lines: list[str], number: int, column: int = 1) -> lsp.Range:
    """From a line and column, both counted from 1, to the line's end, without blanks around."""
    number = min(max(number, 1), len(lines)) - 1
    line = lines[number]
    indent = len(line) - len(line.lstrip())
    start = min(max(column - 1, indent), len(line))
    end = max(start, len(line.rstrip()))
    return lsp.Range(
        start=lsp.Position(line=number, character=utf16(line[:start])),
        end=lsp.Position(line=number, character=utf16(line[:end])),
    )
