"""Cells that hold a sequence: a number for each step in a list, or a character in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

LIST = re.compile(r"[\[(]\s*(.*?)\s*[\])]", re.DOTALL)
PARTS = re.compile(r"[\s,;]+")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
GAPS = frozenset({"", "nan", "null", "none"})
GAP = "null"
SPACE = " "


def items_of(cell: object, *, characters: bool = False) -> list[str]:
    """What a cell says of each step, "" where it says nothing; nothing at all for a gap."""
    if not isinstance(cell, str):
        return []
    if characters:
        return [letter.strip() for letter in cell]
    found = LIST.fullmatch(cell.strip())
    inner = found.group(1) if found else cell.strip()
    parts = PARTS.split(inner) if inner else []
    return ["" if part.lower() in GAPS else part for part in parts]


def is_list(cell: object) -> bool:
    """Whether a cell is a list of numbers: in brackets, or several with marks between them."""
    if not isinstance(cell, str) or not cell.strip():
        return False
    items = items_of(cell)
    brackets = LIST.fullmatch(cell.strip()) is not None
    numbers = [item for item in items if item]
    return (brackets or len(items) > 1) and all(map(NUMBER.fullmatch, numbers)) and bool(numbers)


def cell_with(
    cell: str, items: Sequence[str], known: Collection[int], *, characters: bool = False
) -> str:
    """A cell that says `items` at the steps of `known` alone, written as it was."""
    told = [item if place in known else "" for place, item in enumerate(items)]
    if characters:
        return "".join(item or SPACE for item in told)
    told = [item or GAP for item in told]
    text = cell.strip()
    between = ", " if "," in text else "; " if ";" in text else " "
    opened, closed = (text[:1], text[-1:]) if LIST.fullmatch(text) else ("", "")
    return f"{opened}{between.join(told)}{closed}"
