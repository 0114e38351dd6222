"""Cells that hold lists of long texts, such as the turns of a talk: each made one text."""

import ast
import json

import pandas as pd


def joined_items(cells: pd.Series) -> pd.Series:
    """Join the items of each list, written as in JSON or Python, with line breaks."""
    return cells.map(join_items)


def join_items(cell: object) -> str:
    """Give the items of one list a line each; a gap has none, and what is no list stays."""
    if not isinstance(cell, str):
        return ""
    try:
        items = json.loads(cell, strict=False)
    except ValueError:
        try:
            items = ast.literal_eval(cell.strip())
        except (ValueError, SyntaxError):
            return cell
    if not isinstance(items, list):
        return cell
    text = "\n".join(str(item) for item in items if item is not None)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
