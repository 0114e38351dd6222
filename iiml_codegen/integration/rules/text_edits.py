"""Exact edits of a text at the places of its tree; line ends and everything else stay."""

from __future__ import annotations

import ast
import re

from iiml_codegen.integration.rules.checked import Checked

LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
Spot = tuple[int, int]


def start_of(node: ast.AST) -> Spot:
    """Line from 1 and byte from 0, as the parser counts."""
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def end_of(node: ast.AST) -> Spot:
    """Where a node ends, in the same numbers."""
    return getattr(node, "end_lineno", None) or 1, getattr(node, "end_col_offset", None) or 0


def is_at(node: ast.AST, line: int, column: int, module: Checked) -> bool:
    """Whether a node begins at a finding's place, whose column counts characters or bytes."""
    row, byte = start_of(node)
    if row != line:
        return False
    before = module.lines[row - 1].encode("utf-8", "surrogatepass")[:byte]
    return column in (byte + 1, len(before.decode("utf-8", "ignore")) + 1)


def between(module: Checked, start: Spot, end: Spot) -> str:
    """The text from one spot to another."""
    first, last = offset(module, start), offset(module, end)
    return module.text[first:last]


def spliced(module: Checked, start: Spot, end: Spot, new: str) -> str:
    """The whole text with another piece from `start` to `end`."""
    return module.text[: offset(module, start)] + new + module.text[offset(module, end) :]


def offset(module: Checked, spot: Spot) -> int:
    """The character that a spot of the parser stands for."""
    line, byte = spot
    before = 0
    for number, found in enumerate(LINE.finditer(module.text), start=1):
        if number == line:
            raw = found.group().encode("utf-8", "surrogatepass")[:byte]
            return before + len(raw.decode("utf-8", "ignore"))
        before += len(found.group())
    return len(module.text)
