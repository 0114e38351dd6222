"""Lists of long texts in cells, such as the turns of a talk: told from lists of tags, and joined.

`joined` does what `workspace_templates/recipes/text_lists.py` does; a test compares them.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 500
NEARLY_ALL = 0.9
OFTEN_NEW = 0.25
FEWEST_WORDS, FEWEST_CHARACTERS = 5.0, 20.0


def holds_texts(cells: pd.Series) -> bool:
    """Whether nearly all cells are lists of texts that are long and seldom the same.

    Tags come again, numbers and objects are no texts, and names have a word or two.
    """
    lists = [items_of(cell) for cell in cells.head(LOOKED_AT)]
    items = [item for one in lists if one is not None for item in one if item is not None]
    texts = [item for item in items if isinstance(item, str) and item.strip()]
    read = sum(one is not None for one in lists)
    if not texts or read < NEARLY_ALL * len(lists) or len(texts) < NEARLY_ALL * len(items):
        return False
    words = sum(len(text.split()) for text in texts) / len(texts)
    characters = sum(map(len, texts)) / len(texts)
    different = len(set(texts)) / len(texts)
    long = words >= FEWEST_WORDS and characters >= FEWEST_CHARACTERS
    return long and different > OFTEN_NEW


def items_of(cell: str) -> list[Any] | None:
    """The items of a list that is written as in JSON or Python; None for anything else."""
    try:
        items = json.loads(cell, strict=False)
    except ValueError:
        try:
            items = ast.literal_eval(cell.strip())
        except (ValueError, SyntaxError):
            return None
    return items if isinstance(items, list) else None


def joined(cells: pd.Series) -> pd.Series:
    """Each list as one text, its items on lines of their own."""
    return cells.map(joined_cell)


def joined_cell(cell: str) -> str:
    """The items of one list, a line each; what is no list stays as it is."""
    items = items_of(cell)
    if items is None:
        return cell
    text = "\n".join(str(item) for item in items if item is not None)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
