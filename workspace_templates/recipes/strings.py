"""Strings of several parts: names with titles, codes of letters and numbers, lists in a cell."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from workspace_templates.recipes.categories import as_categories
from workspace_templates.recipes.memory import remember


def as_text(values: pd.Series) -> pd.Series:
    """Give each value as text; gaps stay gaps, which pandas before 3 would call "nan"."""
    return values.astype("str").where(values.notna())


def name_parts(names: pd.Series) -> pd.DataFrame:
    """Take surname and title out of "Surname, Title. Given"."""
    pattern = r"^\s*(?P<surname>[^,]+?)\s*,\s*(?P<title>[^.,]+?)\s*\."
    return as_text(names).str.extract(pattern).add_prefix(f"{names.name}_")


def code_parts(codes: pd.Series) -> pd.DataFrame:
    """Split codes such as "STON/O2. 3101282" into the letters ahead ("STONO") and the number."""
    parts = as_text(codes).str.extract(r"^(?P<series>.*?)(?P<number>\d+)?\s*$")
    letters = parts["series"].str.replace(r"[^A-Za-z]", "", regex=True).str.upper()
    return pd.DataFrame(
        {
            f"{codes.name}_series": letters.where(letters != ""),
            f"{codes.name}_number": pd.to_numeric(parts["number"]).astype("float64"),
        },
        index=codes.index,
    )


def separated_parts(codes: pd.Series, separator: str, fitted: dict[str, Any]) -> pd.DataFrame:
    """Split codes such as "B/17/P" at each separator: numbers, and categories of what is none.

    How many parts there are, and which of them are numbers, is learned once.
    """
    apart = [cell.split(separator) if isinstance(cell, str) else [] for cell in codes]
    learn_count = partial(usual_count, [len(parts) for parts in apart if parts])
    blocks = []
    for place in range(remember(fitted, f"parts of {codes.name}", learn_count)):
        cells = [parts[place].strip() if place < len(parts) else None for parts in apart]
        part = pd.Series(cells, codes.index, "str", f"{codes.name}_{place + 1}")
        numbers = pd.to_numeric(part, errors="coerce").astype("float64")
        learn = partial(mostly_known, numbers, part)
        if remember(fitted, f"{part.name} is a number", learn):
            blocks.append(numbers.to_frame())
        else:
            blocks.append(as_categories(part.to_frame(), [str(part.name)], fitted, min_count=5))
    return pd.concat(blocks, axis=1)


def usual_count(counts: Sequence[int]) -> int:
    """What is in the middle of all counts, and at least 1."""
    return sorted(counts)[len(counts) // 2] if counts else 1


def mostly_known(numbers: pd.Series, written: pd.Series) -> bool:
    """Whether nearly all of what is written was read as numbers."""
    return bool(numbers.notna().sum() > 0.9 * written.notna().sum())


def first_letter(values: pd.Series) -> pd.Series:
    """Keep the first character: decks, classes and regions often hide there."""
    return as_text(values).str.strip().str[:1].rename(f"{values.name}_first")


def string_shape(values: pd.Series) -> pd.DataFrame:
    """Count characters, words, digits and capitals: form without meaning, cheap and telling."""
    text = as_text(values).fillna("")
    counts = {
        "length": text.str.len(),
        "words": text.str.count(r"\S+"),
        "digits": text.str.count(r"\d"),
        "capitals": text.str.count(r"[A-Z]"),
    }
    return pd.DataFrame(counts, index=values.index).astype("float64").add_prefix(f"{values.name}_")


def split_part(values: pd.Series, separator: str, part: int) -> pd.Series:
    """Take one part of "a/b/c"; a string with fewer parts has a gap there."""
    parts = as_text(values).str.split(separator, regex=False)
    return parts.str[part].rename(f"{values.name}_part{part}")


def number_inside(values: pd.Series) -> pd.Series:
    """Find the first number in texts such as "1,234 km" or "USD 9.50"."""
    digits = as_text(values).str.replace(",", "").str.extract(r"(-?\d+(?:\.\d+)?)")[0]
    return pd.to_numeric(digits, errors="coerce").rename(f"{values.name}_number")
